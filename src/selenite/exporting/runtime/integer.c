/* The parts of a model in integers, each under its name; those that a model needs are copied into its file. */

/* part: shifted */
/* x / 2^n to the nearest whole number, without a shift of what is negative. */
static int32_t shifted(int32_t x, int n)
{
    if (n == 0) return x;
    x += (int32_t)1 << (n - 1);
    return x < 0 ? ~(~x >> n) : x >> n;
}

/* part: interpolated */
/* y at x on straight lines between points; outside them the first and the last y. */
static int32_t interpolated(int32_t x, const int32_t *xs, const int16_t *ys, int n)
{
    int low = 0, high = n - 1;
    int32_t rise;
    uint32_t part, whole;
    if (x <= xs[0]) return ys[0];
    if (x >= xs[high]) return ys[high];
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (xs[middle] <= x) low = middle;
        else high = middle;
    }
    part = (uint32_t)x - (uint32_t)xs[low];
    whole = (uint32_t)xs[high] - (uint32_t)xs[low];
    while (whole > 0xffff) { /* so that products have 32 bits */
        part >>= 1;
        whole >>= 1;
    }
    rise = ys[high] - ys[low];
    if (rise < 0) return ys[low] - (int32_t)(((uint32_t)-rise * part + whole / 2) / whole);
    return ys[low] + (int32_t)(((uint32_t)rise * part + whole / 2) / whole);
}

/* part: place_of */
/* The place of a key among keys that rise; -1 where it is not there. */
static int place_of(uint32_t key, const uint32_t *keys, int n)
{
    int low = 0, high = n;
    while (low < high) {
        int middle = (low + high) / 2;
        if (keys[middle] < key) low = middle + 1;
        else high = middle;
    }
    return low < n && keys[low] == key ? low : -1;
}

/* part: sum8 */
static int32_t sum8(int32_t sum, const int8_t *weights, const int16_t *a, int n)
{
    while (n--) sum += (int32_t)*weights++ * *a++;
    return sum;
}

/* part: sum16 */
static int32_t sum16(int32_t sum, const int16_t *weights, const int16_t *a, int n)
{
    while (n--) sum += (int32_t)*weights++ * *a++;
    return sum;
}

/* part: shares */
/* Probabilities in 1/32768 from exponents of 2 in 1/4096. */
static void shares(const int32_t *z, int32_t *probabilities, int n)
{
    int32_t top = z[0], sum = 0;
    int k;
    for (k = 1; k < n; k++)
        if (z[k] > top) top = z[k];
    for (k = 0; k < n; k++) {
        int32_t below = top - z[k], whole = below >> 12;
        int32_t half = interpolated(below & 4095, halves_x, halves_y, N_HALVES);
        probabilities[k] = whole > 15 ? 0 : shifted(half, (int)whole);
        sum += probabilities[k];
    }
    for (k = 0; k < n; k++) probabilities[k] = (probabilities[k] * 32768 + sum / 2) / sum;
}

/* part: mean */
/* sum / n to the nearest whole number. */
static int32_t mean(int32_t sum, int32_t n)
{
    return sum < 0 ? -((-sum + n / 2) / n) : (sum + n / 2) / n;
}
