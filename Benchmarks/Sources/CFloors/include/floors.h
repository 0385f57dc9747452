// What vmfa's arithmetic is measured against, in C: libcrypto without anything around it, and liboath.
//
// Each computes `count` codes (RFC 6238, SHA-1, 6 digits, 30 seconds) of the 20-byte `key`, from `step` on, and returns
// how many of them were `probe`, so that none can be left out; a negative number is a failure.
#ifndef FLOORS_H
#define FLOORS_H

#include <stdint.h>

/// EVP_MAC with the key set once.
int64_t floor_evp_step(const uint8_t *key, int64_t step, int64_t count, uint32_t probe);
/// EVP_MAC with the key given anew for each code.
int64_t floor_evp_fresh(const uint8_t *key, int64_t step, int64_t count, uint32_t probe);
/// No code: the two compressions of SHA-1 that an HMAC of 8 bytes comes down to once its key is set.
int64_t floor_sha1_pairs(int64_t step, int64_t count);

/// oath_totp_generate; it takes the key each time.
int64_t liboath_generate(const uint8_t *key, int64_t step, int64_t count, uint32_t probe);
/// oath_totp_validate of one code, which is not there, among `reach` steps to either side; `count` times.
int64_t liboath_scan(const uint8_t *key, int64_t step, int64_t count, int64_t reach, uint32_t probe);

#endif
