/* The parts that an exported model is made of, each under its name; those that a model needs are copied into its file. */

/* part: scaled */
/* z = (x - center) / width, softly clipped to 3 and -3. */
static double scaled(double x, double center, double width)
{
    double z = (x - center) / width;
    if (z > 1e100) z = 1e100;
    if (z < -1e100) z = -1e100;
    return z / sqrt(1.0 + (z / 3.0) * (z / 3.0));
}

/* part: between */
/* y at x on straight lines between n points; of points at the same x the last one's, or the first one's. */
static double between(double x, const double *xs, const double *ys, int n, int is_last)
{
    double part;
    int low = -1, high = n, at; /* the points to low lie before x, those from high after it; those at x on either side */
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (is_last ? xs[middle] <= x : xs[middle] < x) low = middle;
        else high = middle;
    }
    if (low < 0) return ys[0];
    if (high == n) return ys[n - 1];
    at = is_last ? low : high;
    if (xs[at] == x) return ys[at];
    part = xs[high] - xs[low] < HUGE_VAL ? 1.0 : 0.5; /* of what overflows */
    return ys[low] + (ys[high] - ys[low]) * ((part * x - part * xs[low]) / (part * xs[high] - part * xs[low]));
}

/* part: ranked */
/* The standard normal quantile of the rank of x among the training rows: the middle of its ranks where many share it. */
static double ranked(double x, const double *quantiles)
{
    return 0.5 * (between(x, quantiles, scores, N_SCORES, 1) + between(x, quantiles, scores, N_SCORES, 0));
}

/* part: days_before */
static long days_before(long year)
{
    long last = year - 1;
    return 365 * (year - 1970) + last / 4 - last / 100 + last / 400 - 477;
}

/* part: day_of_year */
/* The day of the year, from 0, of a day since 1970. */
static int day_of_year(long day)
{
    long year = 1970 + (long)floor((double)day / 365.2425);
    while (days_before(year) > day) year--;
    while (days_before(year + 1) <= day) year++;
    return (int)(day - days_before(year));
}

/* part: phase */
static double phase(int steps, int circle, int is_cosine)
{
    double angle = 6.283185307179586 * (double)steps / (double)circle;
    return is_cosine ? cos(angle) : sin(angle);
}

/* part: code_of */
/* The place of a text among n names, n where it is none of them, -1 for none. */
static int code_of(const char *text, const char *const *names, int n)
{
    int code;
    if (!text || !*text) return -1;
    for (code = 0; code < n; code++)
        if (!strcmp(text, names[code])) return code;
    return n;
}

/* part: folded_code_of */
/* The same for yes and no, however they are capitalised. */
static int folded_code_of(const char *text, const char *const *names, int n)
{
    int code, i;
    if (!text || !*text) return -1;
    for (code = 0; code < n; code++) {
        for (i = 0; names[code][i]; i++) {
            int letter = (unsigned char)text[i], own = (unsigned char)names[code][i];
            if (letter >= 'A' && letter <= 'Z') letter += 'a' - 'A';
            if (own >= 'A' && own <= 'Z') own += 'a' - 'A';
            if (letter != own) break;
        }
        if (!names[code][i] && !text[i]) return code;
    }
    return n;
}

/* part: place_of_key */
/* The place of a key among n that rise, -1 where it is none of them. */
static int place_of_key(unsigned long long key, const unsigned long long *keys, int n)
{
    int low = 0, high = n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (keys[middle] < key) low = middle + 1;
        else high = middle;
    }
    return low < n && keys[low] == key ? low : -1;
}

/* part: bits_of */
/* The bits of a double: one NaN stands for all, and 0 for -0. */
static unsigned long long bits_of(double x)
{
    unsigned long long bits;
    if (isnan(x)) return 0x7ff8000000000000ULL;
    x += 0.0;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* part: mixed */
/* A hash of two numbers: the finalizer of splitmix64. */
static unsigned long long mixed(unsigned long long a, unsigned long long b)
{
    unsigned long long x = a * 0x9e3779b97f4a7c15ULL + b + 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}
