// A vector of lanes and its basic operations, for each instruction set.
//
// The compiler's vector types give + - * / and comparisons; what they lack is written here, once for each set.
// Nothing is contracted or re-ordered behind our back: a fused multiply-add is written `fma`.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr int VECTOR_BYTES = 64;
#elif defined(__AVX2__)
constexpr int VECTOR_BYTES = 32;
#else
constexpr int VECTOR_BYTES = 16;
#endif

template <class T>
struct LanesOf;
template <>
struct LanesOf<float> {
    typedef float type __attribute__((vector_size(VECTOR_BYTES)));
    typedef int32_t integers __attribute__((vector_size(VECTOR_BYTES)));
};
template <>
struct LanesOf<double> {
    typedef double type __attribute__((vector_size(VECTOR_BYTES)));
    typedef int64_t integers __attribute__((vector_size(VECTOR_BYTES)));
};

template <class T>
using Lanes = typename LanesOf<T>::type;
template <class T>
using Integers = typename LanesOf<T>::integers;  // as wide as the lanes; a comparison gives -1 or 0
template <class T>
constexpr int LANES = VECTOR_BYTES / int(sizeof(T));

// The real type of a vector: RealOf<Lanes<float>> is float.
template <class V>
using RealOf = std::remove_cvref_t<decltype(V{}[0])>;

#define INLINE inline __attribute__((always_inline))

template <class T>
INLINE Lanes<T> splat(T x) {
    return x - Lanes<T>{};
}

template <class T>
INLINE Lanes<T> load(const T* from) {
    Lanes<T> v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <class T>
INLINE void store(T* to, Lanes<T> v) {
    std::memcpy(to, &v, sizeof v);
}

// 0, 1, 2, ... as integers: `first_lanes` and tests compare with it.
template <class T>
INLINE Integers<T> lane_numbers() {
    Integers<T> v{};
    for (int l = 0; l < LANES<T>; l++) v[l] = l;
    return v;
}

// The first `count` values, zeros after them.
template <class T>
INLINE Lanes<T> load_first(const T* from, int count) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4) return (Lanes<T>)_mm512_maskz_loadu_ps(__mmask16((1u << count) - 1), from);
    else return (Lanes<T>)_mm512_maskz_loadu_pd(__mmask8((1u << count) - 1), from);
#elif defined(__AVX2__)
    const __m256i wanted = (__m256i)(lane_numbers<T>() < (Integers<T>{} + count));
    if constexpr (sizeof(T) == 4) return (Lanes<T>)_mm256_maskload_ps(from, wanted);
    else return (Lanes<T>)_mm256_maskload_pd(from, wanted);
#else
    Lanes<T> v{};
    for (int l = 0; l < count; l++) v[l] = from[l];
    return v;
#endif
}

template <class T>
INLINE void store_first(T* to, Lanes<T> v, int count) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4) _mm512_mask_storeu_ps(to, __mmask16((1u << count) - 1), (__m512)v);
    else _mm512_mask_storeu_pd(to, __mmask8((1u << count) - 1), (__m512d)v);
#else
    for (int l = 0; l < count; l++) to[l] = v[l];
#endif
}

// The values at from[places[l]].
template <class T>
INLINE Lanes<T> gather(const T* from, Integers<T> places) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4) return (Lanes<T>)_mm512_i32gather_ps((__m512i)places, from, 4);
    else return (Lanes<T>)_mm512_i64gather_pd((__m512i)places, from, 8);
#else
    Lanes<T> v{};
    for (int l = 0; l < LANES<T>; l++) v[l] = from[places[l]];
    return v;
#endif
}

// v where the lane's number is below `count`, zero elsewhere.
template <class T>
INLINE Lanes<T> first_lanes(Lanes<T> v, int count) {
    return lane_numbers<T>() < (Integers<T>{} + count) ? v : Lanes<T>{};
}

#if defined(__AVX512F__)
INLINE Lanes<float> fma(Lanes<float> a, Lanes<float> b, Lanes<float> c) { return _mm512_fmadd_ps(a, b, c); }
INLINE Lanes<double> fma(Lanes<double> a, Lanes<double> b, Lanes<double> c) { return _mm512_fmadd_pd(a, b, c); }
INLINE Lanes<float> sqrt(Lanes<float> a) { return _mm512_sqrt_ps(a); }
INLINE Lanes<double> sqrt(Lanes<double> a) { return _mm512_sqrt_pd(a); }
INLINE Lanes<float> max(Lanes<float> a, Lanes<float> b) { return _mm512_max_ps(a, b); }
INLINE Lanes<double> max(Lanes<double> a, Lanes<double> b) { return _mm512_max_pd(a, b); }
INLINE Lanes<float> min(Lanes<float> a, Lanes<float> b) { return _mm512_min_ps(a, b); }
INLINE Lanes<double> min(Lanes<double> a, Lanes<double> b) { return _mm512_min_pd(a, b); }
#elif defined(__AVX2__)
INLINE Lanes<float> fma(Lanes<float> a, Lanes<float> b, Lanes<float> c) { return _mm256_fmadd_ps(a, b, c); }
INLINE Lanes<double> fma(Lanes<double> a, Lanes<double> b, Lanes<double> c) { return _mm256_fmadd_pd(a, b, c); }
INLINE Lanes<float> sqrt(Lanes<float> a) { return _mm256_sqrt_ps(a); }
INLINE Lanes<double> sqrt(Lanes<double> a) { return _mm256_sqrt_pd(a); }
INLINE Lanes<float> max(Lanes<float> a, Lanes<float> b) { return _mm256_max_ps(a, b); }
INLINE Lanes<double> max(Lanes<double> a, Lanes<double> b) { return _mm256_max_pd(a, b); }
INLINE Lanes<float> min(Lanes<float> a, Lanes<float> b) { return _mm256_min_ps(a, b); }
INLINE Lanes<double> min(Lanes<double> a, Lanes<double> b) { return _mm256_min_pd(a, b); }
#elif defined(__ARM_NEON)
INLINE Lanes<float> fma(Lanes<float> a, Lanes<float> b, Lanes<float> c) { return vfmaq_f32(c, a, b); }
INLINE Lanes<double> fma(Lanes<double> a, Lanes<double> b, Lanes<double> c) { return vfmaq_f64(c, a, b); }
INLINE Lanes<float> sqrt(Lanes<float> a) { return vsqrtq_f32(a); }
INLINE Lanes<double> sqrt(Lanes<double> a) { return vsqrtq_f64(a); }
template <class V>
INLINE V max(V a, V b) { return a > b ? a : b; }
template <class V>
INLINE V min(V a, V b) { return a < b ? a : b; }
#elif defined(__wasm_simd128__)  // no fused multiply-add: two roundings, as v2; pmax(b, a) is a > b ? a : b
INLINE Lanes<float> fma(Lanes<float> a, Lanes<float> b, Lanes<float> c) { return a * b + c; }
INLINE Lanes<double> fma(Lanes<double> a, Lanes<double> b, Lanes<double> c) { return a * b + c; }
INLINE Lanes<float> sqrt(Lanes<float> a) { return (Lanes<float>)wasm_f32x4_sqrt((v128_t)a); }
INLINE Lanes<double> sqrt(Lanes<double> a) { return (Lanes<double>)wasm_f64x2_sqrt((v128_t)a); }
INLINE Lanes<float> max(Lanes<float> a, Lanes<float> b) { return (Lanes<float>)wasm_f32x4_pmax((v128_t)b, (v128_t)a); }
INLINE Lanes<double> max(Lanes<double> a, Lanes<double> b) { return (Lanes<double>)wasm_f64x2_pmax((v128_t)b, (v128_t)a); }
INLINE Lanes<float> min(Lanes<float> a, Lanes<float> b) { return (Lanes<float>)wasm_f32x4_pmin((v128_t)b, (v128_t)a); }
INLINE Lanes<double> min(Lanes<double> a, Lanes<double> b) { return (Lanes<double>)wasm_f64x2_pmin((v128_t)b, (v128_t)a); }
#else  // x86-64 v2 has no fused multiply-add: two roundings
INLINE Lanes<float> fma(Lanes<float> a, Lanes<float> b, Lanes<float> c) { return a * b + c; }
INLINE Lanes<double> fma(Lanes<double> a, Lanes<double> b, Lanes<double> c) { return a * b + c; }
INLINE Lanes<float> sqrt(Lanes<float> a) { return _mm_sqrt_ps(a); }
INLINE Lanes<double> sqrt(Lanes<double> a) { return _mm_sqrt_pd(a); }
INLINE Lanes<float> max(Lanes<float> a, Lanes<float> b) { return _mm_max_ps(a, b); }
INLINE Lanes<double> max(Lanes<double> a, Lanes<double> b) { return _mm_max_pd(a, b); }
INLINE Lanes<float> min(Lanes<float> a, Lanes<float> b) { return _mm_min_ps(a, b); }
INLINE Lanes<double> min(Lanes<double> a, Lanes<double> b) { return _mm_min_pd(a, b); }
#endif
// max is a > b ? a : b, min is a < b ? a : b: where one is NaN, the second argument comes out.

// c - a b, rounded as fma is.
template <class V>
INLINE V minus_product(V c, V a, V b) {
#if defined(__AVX512F__)
    if constexpr (sizeof(RealOf<V>) == 4) return _mm512_fnmadd_ps(a, b, c);
    else return _mm512_fnmadd_pd(a, b, c);
#else
    return fma(-a, b, c);
#endif
}

template <class V>
INLINE V absolute(V a) {
    return max(a, -a);
}

// v without what is too small for the normal format. Processors do it themselves (FlushSubnormals); WebAssembly cannot.
template <class V>
INLINE V flushed(V v) {
#if defined(__wasm__)
    constexpr auto smallest = sizeof(RealOf<V>) == 8 ? RealOf<V>(2.2250738585072014e-308) : RealOf<V>(1.17549435e-38f);
    return absolute(v) < splat(smallest) ? V{} : v;
#else
    return v;
#endif
}

// The lanes of two vectors in a new order: lane l of the result is lane PICK::of(l) of a and b in a row.
template <class PICK, class V, size_t... l>
INLINE V shuffled(V a, V b, std::index_sequence<l...>) {
#if defined(__clang__)
    return __builtin_shufflevector(a, b, PICK::of(l)...);
#else
    return __builtin_shuffle(a, b, Integers<RealOf<V>>{PICK::of(l)...});
#endif
}

// a[BEGIN], b[BEGIN], a[BEGIN + 1], b[BEGIN + 1], ...
template <int BEGIN, class V>
INLINE V interleave(V a, V b) {
    constexpr int L = LANES<RealOf<V>>;
    struct Pick {
        static constexpr int of(int l) { return BEGIN + l / 2 + l % 2 * L; }
    };
    return shuffled<Pick>(a, b, std::make_index_sequence<L>{});
}

// The vector turned round by BY lanes.
template <int BY, class V>
INLINE V rotate(V a) {
    constexpr int L = LANES<RealOf<V>>;
    struct Pick {
        static constexpr int of(int l) { return (l + BY) % L; }
    };
    return shuffled<Pick>(a, a, std::make_index_sequence<L>{});
}

// The sum of every LAST-th lane, in each lane: halves onto halves, a fixed tree.
template <class V, int HALF = LANES<RealOf<V>> / 2, int LAST = 1>
INLINE V sum_across(V v) {
    v = v + rotate<HALF>(v);
    if constexpr (HALF > LAST) v = sum_across<V, HALF / 2, LAST>(v);
    return v;
}

// The greatest of all lanes, in each lane.
template <class V, int HALF = LANES<RealOf<V>> / 2>
INLINE V max_across(V v) {
    v = max(v, rotate<HALF>(v));
    if constexpr (HALF > 1) v = max_across<V, HALF / 2>(v);
    return v;
}

template <class V>
INLINE RealOf<V> sum(V v) {
    return sum_across(v)[0];
}

// The sums of N vectors, a power of two and no more than the lanes, in the first N lanes, zeros after them: neighbours are
// folded onto each other, so that all share the additions.
template <int N, class V>
INLINE V sum_each(V* v) {
    constexpr int L = LANES<RealOf<V>>;
#pragma GCC unroll 4
    for (int n = N / 2; n > 0; n /= 2)
#pragma GCC unroll 8
        for (int i = 0; i < n; i++) v[i] = interleave<0>(v[i], v[i + n]) + interleave<L / 2>(v[i], v[i + n]);
    if constexpr (N == L) return v[0];
    else return first_lanes<RealOf<V>>(sum_across<V, L / 2, N>(v[0]), N);
}

// n rounded up to whole vectors, of at least four values.
template <class T>
constexpr ptrdiff_t round_up(ptrdiff_t n) {
    constexpr ptrdiff_t whole = LANES<T> < 4 ? 4 : LANES<T>;
    return (n + whole - 1) / whole * whole;
}

}  // namespace
