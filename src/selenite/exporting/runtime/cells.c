/* Answers rows whose cells come in one after another: for the proof. A number is 8 bytes; a text is its length, 4 bytes, -1 of
   a missing one, and its bytes. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void take(void *at, size_t size)
{
    if (fread(at, 1, size, stdin) != size) exit(ferror(stdin) ? 1 : 0);
}

static void give(const void *at, size_t size)
{
    if (fwrite(at, 1, size, stdout) != size) exit(1);
}

double next_number(void)
{
    double number;
    take(&number, sizeof number);
    return number;
}

/* In one of the places for texts, where it stays until the next comes there. */
const char *next_text(int place)
{
    static char texts[N_TEXTS][LONGEST + 1];
    char *text = texts[place];
    int32_t length;
    take(&length, sizeof length);
    if (length < 0) return NULL;
    take(text, (size_t)length);
    text[length] = 0;
    return text;
}
