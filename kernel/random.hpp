// Random numbers that any language can repeat bit for bit: the hash of nn/random.py.
#pragma once

#include "lanes.hpp"

namespace {

enum Purpose : uint64_t { SHUFFLE = 1, DROPOUT = 2, INITIALIZE = 3, SPLIT = 4 };

constexpr uint64_t GOLDEN = 0x9E3779B97F4A7C15;

// The bits stirred: SplitMix64's finaliser (Steele, Lea and Flood 2014).
INLINE uint64_t mix(uint64_t h) {
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EB;
    return h ^ (h >> 31);
}

// One more word of the position folded in.
INLINE uint64_t fold(uint64_t h, uint64_t word) { return mix((h ^ word) + GOLDEN); }

// 64 random bits for a position.
template <class... Words>
INLINE uint64_t bits(uint64_t seed, Words... position) {
    uint64_t h = mix(seed + GOLDEN);
    ((h = fold(h, uint64_t(position))), ...);
    return h;
}

// Scratch for a permutation of n rows.
struct Shuffle {
    uint64_t *keys, *sorted;  // (n,)
    int64_t* begins;          // (buckets + 1,)
    int bits_of_bucket;       // 2^bits buckets, about one row each

    static int bits_for(ptrdiff_t n) {
        int b = 1;
        while ((ptrdiff_t(1) << b) < n && b < 24) b++;
        return b;
    }
};

// Write the rows first, first + step, ..., n of them, in random order: sorted by their bits, equal bits by row.
// The upper bits give nearly the right place (a counting sort); an insertion sort puts neighbours right.
inline void permutation(uint64_t seed, uint64_t epoch, int64_t first, int64_t step, ptrdiff_t n, const Shuffle& scratch,
                        int64_t* rows) {
    const uint64_t prefix = bits(seed, SHUFFLE, epoch);
    const int shift = 64 - scratch.bits_of_bucket;
    const ptrdiff_t n_buckets = ptrdiff_t(1) << scratch.bits_of_bucket;
    std::memset(scratch.begins, 0, size_t(n_buckets + 1) * sizeof(int64_t));
    for (ptrdiff_t i = 0; i < n; i++) {
        scratch.keys[i] = fold(prefix, uint64_t(first + step * i));
        scratch.begins[(scratch.keys[i] >> shift) + 1]++;
    }
    for (ptrdiff_t b = 0; b < n_buckets; b++) scratch.begins[b + 1] += scratch.begins[b];
    for (ptrdiff_t i = 0; i < n; i++) {
        const int64_t place = scratch.begins[scratch.keys[i] >> shift]++;
        scratch.sorted[place] = scratch.keys[i];
        rows[place] = first + step * i;
    }
    for (ptrdiff_t i = 1; i < n; i++) {
        const uint64_t key = scratch.sorted[i];
        const int64_t row = rows[i];
        ptrdiff_t j = i;
        for (; j > 0 && scratch.sorted[j - 1] > key; j--) {
            scratch.sorted[j] = scratch.sorted[j - 1];
            rows[j] = rows[j - 1];
        }
        scratch.sorted[j] = key;
        rows[j] = row;
    }
}

// What dropout multiplies the units of one row by: 0 or 1 / (1 - rate). `prefix` hashes all words of the position but the
// last; one hash serves four units, 16 bits each: a unit stays where they are at least the rate times 2^16, rounded.
template <class T>
void draw_mask(uint64_t prefix, double rate, ptrdiff_t n_units, T* mask) {
    constexpr int HASHES = 8, UNITS = 4 * HASHES;  // at once, so that they lie in lanes
    const uint32_t threshold = uint32_t(std::nearbyint(rate * 65536));
    const T scale = T(1 / (1 - rate));
    for (ptrdiff_t first = 0; first < n_units; first += UNITS) {
        uint64_t hashes[HASHES];
        uint16_t sixteen[UNITS];
        for (int q = 0; q < HASHES; q++) hashes[q] = fold(prefix, uint64_t(first / 4 + q));
        std::memcpy(sixteen, hashes, sizeof hashes);  // the lowest bits first, as all of our processors keep them
        const int count = int(n_units - first < UNITS ? n_units - first : UNITS);
        for (int u = 0; u < count; u++) mask[first + u] = sixteen[u] >= threshold ? scale : T(0);
    }
}

}  // namespace
