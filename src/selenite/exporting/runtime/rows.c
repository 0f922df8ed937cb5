/* Answers rows of integers that come in, as bytes: for the proof. ROW, N_ANSWERS and ANSWER(row, answers) are the model's. */

#include <stdint.h>
#include <stdio.h>

int main(void)
{
    ROW row;
    int32_t answers[N_ANSWERS];
    while (fread(&row, sizeof row, 1, stdin) == 1) {
        ANSWER(&row, answers);
        if (fwrite(answers, sizeof answers, 1, stdout) != 1) return 1;
    }
    return 0;
}
