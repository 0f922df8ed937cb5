// Elementary functions on lanes: exp, expm1, log, log1p, logistic, tanh, waves,
// the normal distribution, each within a few units in the last place. Nothing is asked of the C library but square roots.
//
// e^x is 2^(k / STEPS) 2^r with k whole and |r| <= 1 / (2 STEPS): a power of two, a table of STEPS values where a
// register can hold one, and a polynomial in r. The coefficients interpolate (2^r - 1) / r at Chebyshev's points.
#pragma once

#include <iterator>

#include "lanes.hpp"

namespace {

template <class T>
struct Exp2;

#if defined(__AVX512F__)
template <>
struct Exp2<double> {
    static constexpr double STEPS = 16;
    static constexpr double COEFFICIENTS[] = {0.69314718055994575333, 0.2402265069591007508,    0.055504108656639298913,
                                              0.0096181291069195378674, 0.001333378157678426869, 0.00015403723980749256422};
    static constexpr double TABLE[16] = {
        1.0,                   1.0442737824274138403, 1.0905077326652576592, 1.1387886347566916537,
        1.1892071150027210667, 1.2418578120734840486, 1.2968395546510096659, 1.3542555469368927283,
        1.4142135623730950488, 1.4768261459394993114, 1.5422108254079408236, 1.6104903319492543082,
        1.6817928305074290861, 1.7562521603732994831, 1.8340080864093424635, 1.9152065613971472939};
};
template <>
struct Exp2<float> {
    static constexpr float STEPS = 32;
    static constexpr float COEFFICIENTS[] = {0.69314718055994530942f, 0.24022826809630390679f, 0.055504352810074419045f};
    static constexpr float TABLE[32] = {
        1.0f,         1.021897149f, 1.044273782f, 1.067140401f, 1.090507733f, 1.114386743f, 1.138788635f, 1.163724859f,
        1.189207115f, 1.215247360f, 1.241857812f, 1.269050957f, 1.296839555f, 1.325236643f, 1.354255547f, 1.383909882f,
        1.414213562f, 1.445180807f, 1.476826146f, 1.509164428f, 1.542210825f, 1.575980845f, 1.610490332f, 1.645755478f,
        1.681792831f, 1.718619298f, 1.756252160f, 1.794709075f, 1.834008086f, 1.874167634f, 1.915206561f, 1.957144124f};
};
#else
template <>
struct Exp2<double> {
    static constexpr double STEPS = 1;
    static constexpr double COEFFICIENTS[] = {
        0.69314718055994530942,    0.2402265069591009822,     0.055504108664821594339,   0.0096181291076068885273,
        0.001333355814641693531,   0.00015403530441736050155, 1.5252733829836118394e-5,  1.3215442587921689653e-6,
        1.0178062445845773521e-7,  7.0725859492692236999e-9,  4.4549605981865183938e-10};
};
template <>
struct Exp2<float> {
    static constexpr float STEPS = 1;
    static constexpr float COEFFICIENTS[] = {0.69314718802622878106f, 0.24022650760568126945f, 0.055503571142190778186f,
                                             0.0096180825572778514913f, 0.0013390863364671234381f, 0.00015453162945120690177f};
};
#endif

// The powers of two that a real type has, and log2(e) in two parts.
template <class T>
struct Format;
template <>
struct Format<double> {
    static constexpr int FRACTION_BITS = 52, BIAS = 1023;
    static constexpr double ROUNDER = 6755399441055744.0;  // 1.5 2^52: adding it rounds to a whole number
    static constexpr double LOWEST = -745.2, HIGHEST = 709.8;
    static constexpr double LOG2E = 1.4426950408889634, LOG2E_REST = 2.0355273740931033e-17;
    static constexpr double LN2 = 0.69314718036912382, LN2_REST = 1.9082149292705877e-10;  // LN2 has zeros at its end
    static constexpr int LOG_TERMS = 11;
};
template <>
struct Format<float> {
    static constexpr int FRACTION_BITS = 23, BIAS = 127;
    static constexpr float ROUNDER = 12582912.0f;  // 1.5 2^23
    static constexpr float LOWEST = -103.98f, HIGHEST = 88.8f;
    static constexpr float LOG2E = 1.44269502f, LOG2E_REST = 1.92596303e-8f;
    static constexpr float LN2 = 0.693145752f, LN2_REST = 1.42860677e-6f;
    static constexpr int LOG_TERMS = 5;
};

// e^x = scale (1 + rest), so that neither exp nor expm1 cancels; x, or sign x, between LOWEST and HIGHEST.
template <class V>
struct Exponential {
    V scale, p, r;  // rest = p r
};

template <bool EXACT = true, class V>
INLINE Exponential<V> exponential(V x, V sign = splat<RealOf<V>>(1)) {
    using T = RealOf<V>;
    using F = Format<T>;
    using E = Exp2<T>;
    const V rounder = splat<T>(F::ROUNDER / E::STEPS);
    const V log2e = splat<T>(F::LOG2E) * sign;
    const V shifted = fma(x, log2e, rounder);  // its lowest bits hold k
    const V whole = shifted - rounder;         // k / STEPS
    V r = fma(x, log2e, -whole);
    if constexpr (EXACT) r = fma(x, splat<T>(F::LOG2E_REST) * sign, r);
    constexpr int degree = sizeof(E::COEFFICIENTS) / sizeof(T);
    V p = splat<T>(E::COEFFICIENTS[degree - 1]);
#pragma GCC unroll 12
    for (int i = degree - 2; i >= 0; i--) p = fma(p, r, splat<T>(E::COEFFICIENTS[i]));
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 8) {
        const V power = _mm512_permutex2var_pd(load(E::TABLE), (__m512i)shifted, load(E::TABLE + 8));
        return {_mm512_scalef_pd(power, whole), p, r};
    } else {
        const V power = _mm512_permutex2var_ps(load(E::TABLE), (__m512i)shifted, load(E::TABLE + 16));
        return {_mm512_scalef_ps(power, whole), p, r};
    }
#else
    const V k = max(splat<T>(-F::BIAS), min(splat<T>(F::BIAS + 1), whole)) + splat<T>(F::ROUNDER);
    const Integers<T> exponent = (Integers<T>)k + F::BIAS;  // what ROUNDER adds is shifted out
    return {(V)(exponent << F::FRACTION_BITS), p, r};
#endif
}

// x within the bounds beyond which e^x is 0 or infinite; NaN stays NaN.
template <class V>
INLINE V bounded(V x) {
    using F = Format<RealOf<V>>;
    return max(splat<RealOf<V>>(F::LOWEST), min(splat<RealOf<V>>(F::HIGHEST), x));
}

template <class V>
INLINE V exp(V x) {
    const auto e = exponential(bounded(x));
    return fma(e.scale, e.p * e.r, e.scale);
}

template <class V>
INLINE V expm1(V x) {
    const auto e = exponential(bounded(x));
    return fma(e.scale, e.p * e.r, e.scale - splat<RealOf<V>>(1));
}

// 1 / d for a d that is neither zero, infinite nor subnormal: quicker than a division where there is an estimate.
template <class V>
INLINE V reciprocal(V d) {
    using T = RealOf<V>;
    const V one = splat<T>(1);
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 8) {
        const V r = _mm512_rcp14_pd(d), e = minus_product(one, d, r);  // 1 / d = r / (1 - e) = r (1 + e) (1 + e²) ..., e < 2^-14
        const V nearer = fma(r, e, r);
        return fma(nearer, e * e, nearer);
    } else {
        const V r = _mm512_rcp14_ps(d);  // Newton's step doubles the right bits
        return fma(r, minus_product(one, d, r), r);
    }
#else
    return one / d;
#endif
}

// 1 / (√s + ε) for s >= 0 and ε > 0 that is not tiny: Adam's step, from estimates where there are any.
template <class V>
INLINE V reciprocal_root(V s, V epsilon) {
    using T = RealOf<V>;
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4) {
        const V r = _mm512_rsqrt14_ps(max(splat<T>(1e-36f), s));  // Newton's step for 1 / √s
        return reciprocal(fma(s, r * fma(splat<T>(-0.5f) * s * r, r, splat<T>(1.5f)), epsilon));
    }
#endif
    return splat<T>(1) / (sqrt(s) + epsilon);
}

// log x for x >= 0: x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh(s), s = (m - 1) / (m + 1).
template <class V>
INLINE V log(V x) {
    using T = RealOf<V>;
    using F = Format<T>;
    using I = Integers<T>;
    constexpr T smallest = sizeof(T) == 8 ? T(2.2250738585072014e-308) : T(1.17549435e-38f);
    constexpr T up = sizeof(T) == 8 ? T(18014398509481984.0) : T(16777216.0f);  // lifts subnormal numbers
    const auto tiny = x < splat<T>(smallest);
    const V lifted = tiny ? x * splat<T>(up) : x;
    const I half = I((splat<T>(0.70710678118654752)));
    const I bits = I(lifted) - half;
    const I k = bits >> F::FRACTION_BITS;
    const V m = V(I(lifted) - (k << F::FRACTION_BITS));
    V exponent = __builtin_convertvector(k, V);
    exponent = tiny ? exponent - splat<T>(sizeof(T) == 8 ? 54 : 24) : exponent;
    const V f = m - splat<T>(1);
    const V s = f / (m + splat<T>(1)), s2 = s * s;
    V p = splat<T>(T(2) / (2 * F::LOG_TERMS + 1));
#pragma GCC unroll 12
    for (int i = F::LOG_TERMS - 1; i >= 1; i--) p = fma(p, s2, splat<T>(T(2) / (2 * i + 1)));
    // 2 s = f - s f: exact in f, the rest is small
    const V small = fma(s * s2, p, -s * f) + exponent * splat<T>(F::LN2_REST);
    const V value = fma(exponent, splat<T>(F::LN2), f + small);
    const V infinity = splat<T>(T(INFINITY));
    const V ends = x > splat<T>(0) ? x : x == splat<T>(0) ? -infinity : splat<T>(T(NAN));  // inf and NaN as they are
    return x > splat<T>(0) && x < infinity ? value : ends;
}

// log(1 + t) for t >= 0; what 1 + t rounded away is added back.
template <class V>
INLINE V log1p(V t) {
    const V one = splat<RealOf<V>>(1), u = one + t;
    return log(u) + (t - (u - one)) / u;
}

// 1 / (1 + e^-z) by a divisor that stays finite. Without the rest of log2(e): it would change e^-z by |z| 2e-17 of itself.
template <class V>
INLINE V logistic(V z) {
    using T = RealOf<V>;
    const V bound = splat<T>(sizeof(T) == 8 ? T(708) : T(87)), one = splat<T>(1);
    const auto e = exponential<false>(max(-bound, min(bound, z)), splat<T>(-1));
    return reciprocal(fma(e.scale, fma(e.p, e.r, one), one));
}

// tanh x = -e / (2 + e) with e = expm1(-2 |x|), and the sign of x.
template <class V>
INLINE V tanh(V x) {
    using T = RealOf<V>;
    const V e = expm1(splat<T>(-2) * absolute(x));
    const V t = -e / (e + splat<T>(2));
    return x < V{} ? -t : t;
}

// √2 sin(πr) / r and √2 cos(πr) for |r| <= ½ as polynomials in r²: what cos and sin of 2πt are made of.
template <class T>
struct HalfTurn;
template <>
struct HalfTurn<float> {
    static constexpr float SINE[] = {4.442882919f, -7.308245677f, 3.606354025f, -0.8461104139f, 0.1098220443f};
    static constexpr float COSINE[] = {1.414213562f, -6.97886411f, 5.739881532f, -1.888274847f, 0.3322511887f, -0.03450105804f};
};
template <>
struct HalfTurn<double> {
    static constexpr double SINE[] = {4.442882938158366247,     -7.308249499995438704,      3.606476571470704177,
                                      -0.8474880248145861101,   0.1161718269384295308,      -0.0104233634011178903,
                                      0.000659451726197359414,  -0.00003099284419967927858, 1.124093170770392154e-6,
                                      -3.151392795767591943e-8};
    static constexpr double COSINE[] = {1.414213562373095049,    -6.978864199638879527,     5.739885734946736524,
                                        -1.888346717045962764,   0.3328077690940861653,     -0.03649645578746704249,
                                        0.002728829985258164786, -0.0001479796539950253213, 6.082142453107430047e-6,
                                        -1.900026036860866865e-7};
};

// t without its whole turns: between -½ and ½.
template <class V>
INLINE V part_of_turn(V t) {
#if defined(__AVX2__) && !defined(__AVX512F__)
    if constexpr (sizeof(RealOf<V>) == 4) return t - (V)_mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    else return t - (V)_mm256_round_pd(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
    const V rounder = splat<RealOf<V>>(Format<RealOf<V>>::ROUNDER);
    return t - ((t + rounder) - rounder);
#endif
}

template <class V, class T, size_t N>
INLINE V polynomial(const T (&coefficients)[N], V x) {
    V p = splat<T>(coefficients[N - 1]);
#pragma GCC unroll 12
    for (int i = int(N) - 2; i >= 0; i--) p = fma(p, x, splat<T>(coefficients[i]));
    return p;
}

// cos 2πt = 1 - 2 sin² πt.
template <class V>
INLINE V cosine_of_turns(V t) {
    using T = RealOf<V>;
    const V r = part_of_turn(t), s = r * polynomial(HalfTurn<T>::SINE, r * r);
    return minus_product(splat<T>(1), s, s);
}

// sin 2πt = 2 sin πt cos πt.
template <class V>
INLINE void sine_and_cosine_of_turns(V t, V& sine, V& cosine) {
    using T = RealOf<V>;
    const V r = part_of_turn(t), square = r * r, s = r * polynomial(HalfTurn<T>::SINE, square);
    sine = s * polynomial(HalfTurn<T>::COSINE, square);
    cosine = minus_product(splat<T>(1), s, s);
}

// e^(x²) erfc(x) (1 + 2x) as a polynomial in (x - PIVOT) / (x + PIVOT), for 0 <= x <= MOST, beyond which erfc x is 0
// (the mapping: Shepherd and Laframboise 1981).
template <class T>
struct ScaledErfc;
template <>
struct ScaledErfc<float> {
    static constexpr float PIVOT = 2, MOST = 11;
    static constexpr int32_t UPPER = ~0xFFF;  // bits of a number whose square is exact
    static constexpr float COEFFICIENTS[] = {1.276978394f,    -0.0927639028f,  -0.1660315260f,  0.1640531044f,
                                             -0.05420320748f, -0.00804248141f, 0.00863181807f,  0.001262663412f,
                                             -0.00124907664f, -0.00035006197f, 0.0000329297883f};
};
template <>
struct ScaledErfc<double> {
    static constexpr double PIVOT = 4, MOST = 28;
    static constexpr int64_t UPPER = ~int64_t(0x7FFFFFF);
    static constexpr double COEFFICIENTS[] = {
        1.232995118625552507,      -0.1396211168405628935,    0.0153796521026207413,     0.0680970542547373239,
        -0.1010390660363521317,    0.09373283499679411589,    -0.06633036581152938409,   0.03716751556249286597,
        -0.01619773405911500708,   0.005031969755895426114,   -0.0007577733414133300446, -0.0001992555075561495214,
        0.0001506222439483029924,  -0.00002440316924497407495, -0.00001122478913515470071, 5.717887284632185202e-6,
        3.013504994487539477e-7,   -8.351619688696847075e-7,  6.270727157198310878e-8,   1.153494374575415729e-7,
        -7.71541861441783013e-9,   -1.367098986334738244e-8,  -1.820609868030868334e-9};
};

// The distribution function of the standard normal: ½ erfc(-z / √2).
template <class V>
INLINE V normal_distribution(V z) {
    using T = RealOf<V>;
    using E = ScaledErfc<T>;
    const V one = splat<T>(1), x = min(splat<T>(E::MOST), absolute(z) * splat<T>(0.70710678118654752440));
    const V scaled = polynomial(E::COEFFICIENTS, (x - splat<T>(E::PIVOT)) / (x + splat<T>(E::PIVOT)));
    // e^-x² by the square of x's upper bits, which is exact, and a series in the rest
    const V upper = V(Integers<T>(x) & E::UPPER), c = (upper - x) * (x + upper), e = exp(-upper * upper);
    const V series = c * fma(c, fma(c, splat<T>(T(1) / 6), splat<T>(0.5)), one);
    const V half = splat<T>(0.5) * fma(e, series, e) * scaled / fma(splat<T>(2), x, one);
    return z > V{} ? one - half : half;
}

// Of numbers, the same on every instruction set: cos πx for 0 <= x <= 1, and powers.

inline double cosine_of_half_turns(double x) {
    const double r = 0.5 - x, square = r * r;
    constexpr const auto& sine = HalfTurn<double>::SINE;  // of √2 sin πr / r
    double p = sine[std::size(sine) - 1];
    for (size_t i = std::size(sine) - 1; i-- > 0;) p = p * square + sine[i];
    return 0.70710678118654752440 * (p * r);
}

// A number as the sum of two doubles: twice the digits.
struct Double2 {
    double value, rest;
};

inline Double2 product(Double2 a, Double2 b) {
    const auto upper = [](double x) {  // its first 26 bits (Dekker 1971)
        const double far = 134217729 * x;
        return far - (far - x);
    };
    const double p = a.value * b.value, a1 = upper(a.value), a2 = a.value - a1, b1 = upper(b.value), b2 = b.value - b1;
    const double error = ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2;
    const double rest = error + (a.value * b.rest + a.rest * b.value), sum = p + rest;
    return std::isfinite(sum) ? Double2{sum, rest - (sum - p)} : Double2{p, 0};
}

// base^n for n >= 0, by squaring.
inline double power(double base, int64_t n) {
    Double2 found{1, 0}, square{base, 0};
    for (; n > 0; n /= 2) {
        if (n % 2) found = product(found, square);
        if (n > 1) square = product(square, square);
    }
    return found.value + found.rest;
}

}  // namespace
