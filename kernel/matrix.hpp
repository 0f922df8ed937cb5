// Products of matrices in register tiles.
//
// Activations are row-major, one row of units a data row, padded to whole vectors. Weights lie in panels: `width`
// columns at a time, all rows of the first panel, then those of the second. Every product adds up in the order of
// the inner index, one fused multiply-add after another, whatever the tile: so a row's result does not depend on the rows
// beside it, on the thread, or on whether zeros are skipped. The sums of a wide layer are made of blocks of its inputs, since
// the rounding error of a chain grows with its length.
#pragma once

#include "lanes.hpp"

namespace {

// Rows and vectors of a tile: as many accumulators as there are registers for.
#if defined(__AVX512F__) || defined(__ARM_NEON)
constexpr int TILE_ROWS = 8;
#elif defined(__AVX2__)
constexpr int TILE_ROWS = 6;
#else
constexpr int TILE_ROWS = 4;
#endif
constexpr int TILE_VECTORS = 2;
constexpr int SPARSE_VECTORS = 8;

// How many of a layer's inputs are summed by themselves, before the sums of these blocks are: all, unless there are many.
constexpr ptrdiff_t SUM_BLOCK = 128;
constexpr ptrdiff_t sum_block(ptrdiff_t depth) { return depth > 2 * SUM_BLOCK ? SUM_BLOCK : depth; }

template <class T>
constexpr int PANEL = TILE_VECTORS * LANES<T>;

// The layout of an n_rows x n_columns matrix in panels: (i, j) lies at start(j / width) + i * span(j / width) + j % width.
struct Panels {
    ptrdiff_t n_rows, padded, width;  // padded: columns with the padding

    ptrdiff_t size() const { return n_rows * padded; }
    ptrdiff_t count() const { return (padded + width - 1) / width; }
    ptrdiff_t start(ptrdiff_t panel) const { return panel * width * n_rows; }
    ptrdiff_t span(ptrdiff_t panel) const { return padded - panel * width < width ? padded - panel * width : width; }
    ptrdiff_t index(ptrdiff_t i, ptrdiff_t j) const {
        return start(j / width) + i * span(j / width) + j % width;
    }
};

// out (R x C vectors) = start + A (R x depth) B (depth x C vectors); A(r, k) is a[r stride + k], or transposed a[k stride + r].
// `start` is a row of biases, or null for zero; with `onto` this is added to what `out` has.
template <int R, int C, bool TRANSPOSED, class T>
INLINE void tile(const T* a, ptrdiff_t stride, const T* b, ptrdiff_t b_stride, ptrdiff_t depth, const T* start, bool onto, T* out,
                 ptrdiff_t out_stride) {
    constexpr int L = LANES<T>;
    Lanes<T> sums[R][C];
    const T* rows[R];
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
        rows[r] = a + r * stride;
#pragma GCC unroll 16
        for (int c = 0; c < C; c++) sums[r][c] = start ? load(start + c * L) : Lanes<T>{};
    }
    for (ptrdiff_t k = 0; k < depth; k++, b += b_stride) {
        Lanes<T> across[C];
#pragma GCC unroll 16
        for (int c = 0; c < C; c++) across[c] = load(b + c * L);
#pragma GCC unroll 16
        for (int r = 0; r < R; r++) {
            const Lanes<T> down = splat(TRANSPOSED ? a[k * stride + r] : rows[r][k]);
#pragma GCC unroll 16
            for (int c = 0; c < C; c++) sums[r][c] = fma(down, across[c], sums[r][c]);
        }
    }
    if (onto)
#pragma GCC unroll 16
        for (int r = 0; r < R; r++)
#pragma GCC unroll 16
            for (int c = 0; c < C; c++) sums[r][c] += load(out + r * out_stride + c * L);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++)
#pragma GCC unroll 16
        for (int c = 0; c < C; c++) store(out + r * out_stride + c * L, sums[r][c]);
}

// The same for any number of rows: full tiles, then one for the rest.
template <int C, bool TRANSPOSED, int R = TILE_ROWS, class T>
void tiles(ptrdiff_t n, const T* a, ptrdiff_t stride, const T* b, ptrdiff_t b_stride, ptrdiff_t depth, const T* start,
           bool onto, T* out, ptrdiff_t out_stride) {
    const ptrdiff_t step = TRANSPOSED ? 1 : stride;
    ptrdiff_t r = 0;
    for (; r + R <= n; r += R)
        tile<R, C, TRANSPOSED>(a + r * step, stride, b, b_stride, depth, start, onto, out + r * out_stride, out_stride);
    if constexpr (R > 1)
        if (r < n)
            tiles<C, TRANSPOSED, R / 2>(n - r, a + r * step, stride, b, b_stride, depth, start, onto,
                                        out + r * out_stride, out_stride);
}

// out (n x padded) = biases + A (n x depth) W; biases may be null. A(r, k) is a[r stride + k], or transposed a[k stride + r].
template <bool TRANSPOSED = false, class T>
void multiply(ptrdiff_t n, const T* a, ptrdiff_t stride, ptrdiff_t depth, const Panels& layout, const T* weights, const T* biases, T* out,
              ptrdiff_t out_stride) {
    const ptrdiff_t block = sum_block(depth);
    for (ptrdiff_t j = 0; j < layout.padded; j += PANEL<T>) {
        const ptrdiff_t span = layout.span(j / layout.width);
        for (ptrdiff_t k = 0; k < depth; k += block) {
            const T *from = a + k * (TRANSPOSED ? stride : 1), *b = weights + layout.index(k, j);
            const T* start = biases && k == 0 ? biases + j : nullptr;
            const ptrdiff_t count = depth - k < block ? depth - k : block;
            if (layout.padded - j >= PANEL<T>)
                tiles<TILE_VECTORS, TRANSPOSED>(n, from, stride, b, span, count, start, k > 0, out + j, out_stride);
            else
                tiles<1, TRANSPOSED>(n, from, stride, b, span, count, start, k > 0, out + j, out_stride);
        }
    }
}

// Write rows i ... i + count of Aᵀ (layout.n_rows x n) D (n x padded) where they lie in the panels, `out` being the place of row i
// of each panel: out[panel] has `count` rows.
template <class T>
void multiply_transposed(ptrdiff_t n, const T* a, ptrdiff_t stride, ptrdiff_t i, ptrdiff_t count, const T* d,
                         const Panels& layout, T* out) {
    for (ptrdiff_t j = 0; j < layout.padded; j += PANEL<T>) {
        const ptrdiff_t panel = j / layout.width, span = layout.span(panel);
        T* to = out + panel * layout.width * count + j % layout.width;
        if (layout.padded - j >= PANEL<T>)
            tiles<TILE_VECTORS, true>(count, a + i, stride, d + j, layout.padded, n, (const T*)nullptr, false, to, span);
        else
            tiles<1, true>(count, a + i, stride, d + j, layout.padded, n, (const T*)nullptr, false, to, span);
    }
}

#if defined(__AVX2__) && !defined(__AVX512F__)
// The numbers of the set bits of each byte, one byte each: what AVX-512 has an instruction for.
struct SetBits {
    uint64_t of[256] = {};
    constexpr SetBits() {
        for (int byte = 0; byte < 256; byte++)
            for (int bit = 7; bit >= 0; bit--)
                if (byte >> bit & 1) of[byte] = of[byte] << 8 | uint64_t(bit);
    }
};
constexpr SetBits SET_BITS;
#endif

// Write the values that are not zero and their places, and after them two places of zero; return how many. `values` has room
// for whole vectors of the count, `places` for two more.
template <class T>
INLINE int compress(const T* from, ptrdiff_t count, T* values, int32_t* places) {
    int n = 0;
    ptrdiff_t i = 0;
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4) {
        __m512i numbers = (__m512i)lane_numbers<float>();
        for (; i < count; i += LANES<T>) {
            const __m512 v = count - i < LANES<T> ? load_first(from + i, int(count - i)) : load(from + i);
            const __mmask16 filled = _mm512_cmp_ps_mask(v, __m512{}, _CMP_NEQ_UQ);
            _mm512_storeu_ps(values + n, _mm512_maskz_compress_ps(filled, v));
            _mm512_storeu_si512(places + n, _mm512_maskz_compress_epi32(filled, numbers));
            numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(LANES<T>));
            n += __builtin_popcount(filled);
        }
    }
#elif defined(__AVX2__)
    if constexpr (sizeof(T) == 4) {
        for (; i < count; i += LANES<T>) {
            const __m256 v = count - i < LANES<T> ? load_first(from + i, int(count - i)) : load(from + i);
            const int filled = _mm256_movemask_ps(_mm256_cmp_ps(v, __m256{}, _CMP_NEQ_UQ));
            const __m256i lanes = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)SET_BITS.of[filled]));
            _mm256_storeu_ps(values + n, _mm256_permutevar8x32_ps(v, lanes));
            _mm256_storeu_si256((__m256i*)(places + n), _mm256_add_epi32(lanes, _mm256_set1_epi32(int(i))));
            n += __builtin_popcount(unsigned(filled));
        }
    }
#endif
    for (; i < count; i++) {
        values[n] = from[i];
        places[n] = int32_t(i);
        n += from[i] != T(0);
    }
    places[n] = places[n + 1] = 0;
    return n;
}

// out (C vectors) = start + Σ values[k] B[places[k]], B row-major: a row of a product with a sparse matrix; `onto` as in `tile`.
// Where a row lies is computed two rows ahead, for processors that wait for an address; so two places more are read.
template <int C, class T>
INLINE void sparse_tile(int count, const T* values, const int32_t* places, const T* b, ptrdiff_t b_stride, const T* start,
                        bool onto, T* out) {
    Lanes<T> sums[C];
#pragma GCC unroll 16
    for (int c = 0; c < C; c++) sums[c] = start ? load(start + c * LANES<T>) : Lanes<T>{};
    const T *row = b + places[0] * b_stride, *next = b + places[1] * b_stride;
    for (int k = 0; k < count; k++) {
        const T* after = b + places[k + 2] * b_stride;
        const Lanes<T> x = splat(values[k]);
#pragma GCC unroll 16
        for (int c = 0; c < C; c++) sums[c] = fma(x, load(row + c * LANES<T>), sums[c]);
        row = next;
        next = after;
    }
    if (onto)
#pragma GCC unroll 16
        for (int c = 0; c < C; c++) sums[c] += load(out + c * LANES<T>);
#pragma GCC unroll 16
    for (int c = 0; c < C; c++) store(out + c * LANES<T>, sums[c]);
}

// The same for the last `rest` columns, fewer than a vector.
template <class T>
INLINE void sparse_rest(int count, const T* values, const int32_t* places, const T* b, ptrdiff_t b_stride, const T* start,
                        bool onto, T* out, int rest) {
    Lanes<T> sums = start ? load_first(start, rest) : Lanes<T>{};
    if (rest == 1)
        for (int k = 0; k < count; k++) sums = fma(splat(values[k]), Lanes<T>{b[places[k] * b_stride]}, sums);
    else
        for (int k = 0; k < count; k++) sums = fma(splat(values[k]), load_first(b + places[k] * b_stride, rest), sums);
    store(out, onto ? load(out) + sums : sums);
}

// out (n_columns, in whole vectors) = start + Σ values[k] B[places[k]], B row-major, with padding or as the user holds it.
template <int C = SPARSE_VECTORS, class T>
INLINE void multiply_sparse(int count, const T* values, const int32_t* places, const T* b, ptrdiff_t n_columns,
                            const T* start, bool onto, T* out, ptrdiff_t j = 0) {
    for (; n_columns - j >= C * LANES<T>; j += C * LANES<T>)
        sparse_tile<C>(count, values, places, b + j, n_columns, start ? start + j : nullptr, onto, out + j);
    if (j == n_columns) return;
    if constexpr (C > 1) multiply_sparse<C / 2>(count, values, places, b, n_columns, start, onto, out, j);
    else sparse_rest(count, values, places, b + j, n_columns, start ? start + j : nullptr, onto, out + j, int(n_columns - j));
}

// out (n_columns, in whole vectors) = biases + x (depth,) B, B row-major; biases may be null. Zeros are skipped, which
// changes no bit: half of relu's units, and most indicators of categories.
template <class T>
INLINE void multiply_row(const T* x, ptrdiff_t depth, const T* b, ptrdiff_t n_columns, const T* biases, T* out) {
    const ptrdiff_t block = sum_block(depth);
    alignas(64) T values[2 * SUM_BLOCK + LANES<T>];
    alignas(64) int32_t places[2 * SUM_BLOCK + LANES<T>];
    for (ptrdiff_t k = 0; k < depth; k += block) {
        const int count = compress(x + k, depth - k < block ? depth - k : block, values, places);
        multiply_sparse(count, values, places, b + k * n_columns, n_columns, k == 0 ? biases : nullptr, k > 0, out);
    }
}

// A square of LANES x LANES values turned about its diagonal: halves interleaved, once for each bit of the index.
template <class T>
INLINE void transpose_square(const T* from, ptrdiff_t from_stride, T* to, ptrdiff_t to_stride) {
    constexpr int L = LANES<T>;
    Lanes<T> v[L], w[L];
#pragma GCC unroll 16
    for (int r = 0; r < L; r++) v[r] = load(from + r * from_stride);
#pragma GCC unroll 4
    for (int bit = 1; bit < L; bit *= 2) {
#pragma GCC unroll 16
        for (int r = 0; r < L / 2; r++) {
            w[2 * r] = interleave<0>(v[r], v[r + L / 2]);
            w[2 * r + 1] = interleave<L / 2>(v[r], v[r + L / 2]);
        }
#pragma GCC unroll 16
        for (int r = 0; r < L; r++) v[r] = w[r];
    }
#pragma GCC unroll 16
    for (int r = 0; r < L; r++) store(to + r * to_stride, v[r]);
}

}  // namespace
