#define OPENSSL_SUPPRESS_DEPRECATED // SHA1_Transform: the compression alone has no other name
#include "floors.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <string.h>

enum { KEY_LENGTH = 20, HASH_LENGTH = 20 };

static void big_endian(int64_t step, uint8_t message[8]) {
    for (int place = 0; place < 8; place++) message[place] = (uint8_t)((uint64_t)step >> (56 - 8 * place));
}

static uint32_t truncated(const uint8_t hash[HASH_LENGTH]) {
    const uint8_t *word = hash + (hash[HASH_LENGTH - 1] & 15);
    uint32_t number = (uint32_t)(word[0] & 127) << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
    return number % 1000000;
}

// The code of one step under the key that the context has; a failure is no code.
static uint32_t code(EVP_MAC_CTX *context, int64_t step) {
    uint8_t message[8], hash[HASH_LENGTH];
    size_t written;
    big_endian(step, message);
    if (!EVP_MAC_update(context, message, sizeof message) || !EVP_MAC_final(context, hash, &written, sizeof hash)) return UINT32_MAX;
    return truncated(hash);
}

// A context that has the key; NULL where that failed.
static EVP_MAC_CTX *keyed(EVP_MAC *mac, const uint8_t *key) {
    char digest[] = "SHA1";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    if (EVP_MAC_init(context, key, KEY_LENGTH, parameters)) return context;
    EVP_MAC_CTX_free(context);
    return NULL;
}

int64_t floor_evp_step(const uint8_t *key, int64_t step, int64_t count, uint32_t probe) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = keyed(mac, key);
    int64_t found = 0;
    if (!context) return -1;
    for (int64_t end = step + count; step < end; step++) {
        if (!EVP_MAC_init(context, NULL, 0, NULL)) return -1;
        found += code(context, step) == probe;
    }
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    return found;
}

int64_t floor_evp_fresh(const uint8_t *key, int64_t step, int64_t count, uint32_t probe) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    int64_t found = 0;
    for (int64_t end = step + count; step < end; step++) {
        EVP_MAC_CTX *context = keyed(mac, key);
        if (!context) return -1;
        found += code(context, step) == probe;
        EVP_MAC_CTX_free(context);
    }
    EVP_MAC_free(mac);
    return found;
}

int64_t floor_sha1_pairs(int64_t step, int64_t count) {
    SHA_CTX inner, outer;
    uint8_t block[64] = {0};
    int64_t found = 0;
    if (!SHA1_Init(&inner) || !SHA1_Init(&outer)) return -1;
    for (int64_t end = step + count; step < end; step++) {
        big_endian(step, block);
        SHA1_Transform(&inner, block);
        memcpy(block + 8, &inner, HASH_LENGTH);
        SHA1_Transform(&outer, block);
        found += outer.h0 == 0;
    }
    return found;
}
