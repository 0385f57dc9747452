#include "floors.h"

#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_LENGTH = 20, PERIOD = 30, DIGITS = 6 };

int64_t liboath_generate(const uint8_t *key, int64_t step, int64_t count, uint32_t probe) {
    char code[DIGITS + 1];
    int64_t found = 0;
    for (int64_t end = step + count; step < end; step++) {
        if (oath_totp_generate((const char *)key, KEY_LENGTH, step * PERIOD, PERIOD, 0, DIGITS, code) != OATH_OK) return -1;
        found += strtoul(code, NULL, 10) == probe;
    }
    return found;
}

int64_t liboath_scan(const uint8_t *key, int64_t step, int64_t count, int64_t reach, uint32_t probe) {
    char code[DIGITS + 1];
    int64_t found = 0;
    snprintf(code, sizeof code, "%06u", probe);
    for (int64_t turn = 0; turn < count; turn++) {
        int result = oath_totp_validate(
            (const char *)key, KEY_LENGTH, (step + turn) * PERIOD, PERIOD, 0, (size_t)reach, code);
        if (result >= 0) found++;
        else if (result != OATH_INVALID_OTP) return -1;
    }
    return found;
}
