/* The parts that read free text; a source that needs them has the tables of characters first. */

/* part: next_character */
/* The character that a text in UTF-8 begins with, which is then behind it; U+FFFD of a byte that begins none. */
static long next_character(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    int more = *at < 0x80 ? 0 : *at < 0xC2 || *at > 0xF4 ? -1 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2 : 3, k;
    long found = more > 0 ? *at & (0x3F >> more) : *at;
    for (k = 1; k <= more; k++) {
        if ((at[k] & 0xC0) != 0x80) more = -1;
        else found = found << 6 | (at[k] & 0x3F);
    }
    *text += more > 0 ? more + 1 : 1;
    return more < 0 ? 0xFFFD : found;
}

/* part: is_among */
/* Whether a character lies in one of the ranges, each from its first to before the next number. */
static int is_among(long character, const long *ranges, int n)
{
    int low = -1, high = n; /* ranges[low] <= character < ranges[high] */
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (ranges[middle] <= character) low = middle;
        else high = middle;
    }
    return low >= 0 && low % 2 == 0;
}

/* part: casefolded */
/* Writes what a character becomes where upper and lower case are one; returns how many that are. */
static int casefolded(long character, long becomes[3])
{
    int low = 0, high = N_FOLDS, n;
    becomes[0] = character;
    while (high - low > 1) { /* folds[low][0] <= character < folds[high][0] */
        int middle = (low + high) / 2;
        if (folds[middle][0] <= character) low = middle;
        else high = middle;
    }
    if (character >= folds[low][0] && character <= folds[low][1] && (character - folds[low][0]) % folds[low][2] == 0) {
        becomes[0] += folds[low][3];
        return 1;
    }
    for (low = 0; low < N_LONG_FOLDS && long_folds[low][0] < character; low++) continue;
    if (low == N_LONG_FOLDS || long_folds[low][0] != character) return 1;
    for (n = 0; n < 3 && long_folds[low][n + 1]; n++) becomes[n] = long_folds[low][n + 1];
    return n;
}

/* part: add_character */
typedef struct {
    char bytes[4 * LONGEST_WORD + 1]; /* in UTF-8 */
    int n_bytes, n_characters;
} letters;

/* Adds a character; of those beyond the longest word only the number is kept. */
static void add_character(letters *word, long one)
{
    char *at = word->bytes + word->n_bytes;
    int more = one < 0x80 ? 0 : one < 0x800 ? 1 : one < 0x10000 ? 2 : 3, k;
    if (word->n_characters > LONGEST_WORD) return;
    if (++word->n_characters > LONGEST_WORD) return;
    for (k = more; k > 0; k--, one >>= 6) at[k] = (char)(0x80 | (one & 0x3F));
    at[0] = (char)(more ? (0xFF00 >> (more + 1) & 0xFF) | one : one);
    at[more + 1] = 0;
    word->n_bytes += more + 1;
}

/* part: count_term */
/* Adds one to the count of a term, if it is one of n, which are in the order of their bytes. */
static void count_term(const char *term, const char *const *terms, int n, unsigned *counts)
{
    int low = 0, high = n;
    while (low < high) {
        int middle = (low + high) / 2, order = strcmp(terms[middle], term);
        if (order == 0) {
            counts[middle]++;
            return;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
}

/* part: count_word */
/* Counts a word and the pair that it makes with the word before, which it then is. */
static void count_word(const letters *word, letters *before, const char *const *terms, int n, unsigned *counts)
{
    char pair[2 * sizeof word->bytes];
    if (word->n_characters == 0 || word->n_characters > LONGEST_WORD) return;
    count_term(word->bytes, terms, n, counts);
    if (before->n_characters) {
        memcpy(pair, before->bytes, (size_t)before->n_bytes);
        pair[before->n_bytes] = ' ';
        strcpy(pair + before->n_bytes + 1, word->bytes);
        count_term(pair, terms, n, counts);
    }
    *before = *word;
}

/* part: count_pieces */
/* Counts the pieces, each four characters after a mark, of what stands between blanks. */
static void count_pieces(const letters *unbroken, const char *const *terms, int n, unsigned *counts)
{
    char text[sizeof unbroken->bytes + 2], piece[4 * 4 + 2] = "-";
    const char *from = text, *to = text;
    int k, n_characters = unbroken->n_characters + 2;
    if (unbroken->n_characters == 0 || unbroken->n_characters > LONGEST_WORD) return;
    text[0] = ' ';
    memcpy(text + 1, unbroken->bytes, (size_t)unbroken->n_bytes);
    strcpy(text + 1 + unbroken->n_bytes, " ");
    for (k = 1; k <= n_characters; k++) {
        next_character(&to);
        if (k < 4 && k < n_characters) continue;
        memcpy(piece + 1, from, (size_t)(to - from));
        piece[1 + (to - from)] = 0;
        count_term(piece, terms, n, counts);
        next_character(&from);
    }
}

/* part: count_terms */
/* Counts the terms of a text: words, pairs of words, and pieces of what stands between blanks. */
static void count_terms(const char *text, const char *const *terms, int n, unsigned *counts)
{
    letters word, before, unbroken;
    long given, becomes[3];
    int k, n_becomes;
    word.n_bytes = word.n_characters = before.n_characters = unbroken.n_bytes = unbroken.n_characters = 0;
    for (k = 0; k < n; k++) counts[k] = 0;
    do {
        given = next_character(&text);
        n_becomes = casefolded(given, becomes);
        for (k = 0; k < n_becomes; k++) {
            if (is_among(becomes[k], word_characters, N_WORD_CHARACTERS)) {
                add_character(&word, becomes[k]);
            } else {
                count_word(&word, &before, terms, n, counts);
                word.n_bytes = word.n_characters = 0;
            }
            if (given && !is_among(becomes[k], blank_characters, N_BLANK_CHARACTERS)) {
                add_character(&unbroken, becomes[k]);
            } else {
                count_pieces(&unbroken, terms, n, counts);
                unbroken.n_bytes = unbroken.n_characters = 0;
            }
        }
    } while (given);
}

/* part: score_text */
/* Writes the scores of a text: what its terms add, by their tf-idf weights; of words and of pieces each of length 1. */
static void score_text(const char *text, const char *const *terms, const double *rarities, const double *added, int n, int n_scores, REAL *inputs)
{
    unsigned counts[MOST_TERMS];
    double squares[2] = {0, 0};
    int k, i;
    count_terms(text, terms, n, counts);
    for (k = 0; k < n; k++) {
        double weight = counts[k] ? (1 + log(counts[k])) * rarities[k] : 0;
        squares[*terms[k] == '-'] += weight * weight;
    }
    for (i = 0; i < n_scores; i++) {
        double sum = 0;
        for (k = 0; k < n; k++)
            if (counts[k]) sum += (1 + log(counts[k])) * rarities[k] / sqrt(squares[*terms[k] == '-']) * added[(size_t)i * (size_t)n + (size_t)k];
        inputs[i] = (REAL)sum;
    }
}

/* part: knows_a_word */
/* Whether a text holds a word that is a term. */
static int knows_a_word(const char *text, const char *const *terms, int n)
{
    unsigned counts[MOST_TERMS];
    int k;
    count_terms(text, terms, n, counts);
    for (k = 0; k < n; k++)
        if (counts[k] && *terms[k] != '-' && !strchr(terms[k], ' ')) return 1;
    return 0;
}
