/* A Cortex-M that an emulator plays: what it does at its start, and a run over N_ROWS rows. Of each row the answers, the
   instructions in ticks of the clock and the bytes of stack are printed. ROW, N_ANSWERS and ANSWER(row, answers) are the
   model's. */

#include <stdint.h>

#define STACK_TOP 0x20004000u
#define PAINTED 2048u /* words of stack */
#define PAINT 0xa5a5a5a5u
#define CLOCK ((volatile uint32_t *)0xe000e010u) /* SysTick: control, reload, value */

static void ask(int what, const void *of)
{
    register int number __asm__("r0") = what;
    register const void *argument __asm__("r1") = of;
    __asm__ volatile("bkpt 0xab" : "+r"(number) : "r"(argument) : "memory");
}

static void print(int32_t value, char after)
{
    char text[16];
    int at = 16;
    uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    text[--at] = 0;
    text[--at] = after;
    do text[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) text[--at] = '-';
    ask(4, text + at);
}

static int32_t answers[N_ANSWERS];

static uint32_t ticks(const ROW *row)
{
    uint32_t before;
    CLOCK[2] = 0;
    while (!(before = CLOCK[2])) {}
    ANSWER(row, answers);
    return before - CLOCK[2];
}

void start(void)
{
    volatile uint32_t *bottom;
    uint32_t i, here;
    int row, k;
    CLOCK[1] = 0xffffffu;
    CLOCK[0] = 5;
    for (row = 0; row < N_ROWS; row++) {
        uint32_t taken;
        __asm__ volatile("mov %0, sp" : "=r"(here));
        bottom = (volatile uint32_t *)here - PAINTED;
        for (i = 0; i < PAINTED; i++) bottom[i] = PAINT;
        taken = ticks(&rows[row]);
        for (i = 0; i < PAINTED && bottom[i] == PAINT; i++) {}
        for (k = 0; k < N_ANSWERS; k++) print(answers[k], ' ');
        print((int32_t)taken, ' ');
        print((int32_t)(4 * (PAINTED - i)), '\n');
    }
    ask(0x18, (void *)0x20026);
}

static void fault(void) { ask(0x18, (void *)0x20023); }

__attribute__((section(".vectors"), used)) void (*const vectors[4])(void) = {
    (void (*)(void))STACK_TOP, start, fault, fault};
