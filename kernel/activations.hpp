// Each activation and its derivative: the twin of nn/activations.py.
//
// An activation is a pair: its value a(z), and its derivative da/dz from z and a, on a vector of lanes.
// NEEDS_Z says whether the derivative reads z; where it does not, a may lie in z's place.
#pragma once

#include "elementary.hpp"
#include "names.hpp"

namespace {

constexpr double LEAKY_SLOPE = 0.01;
constexpr double SELU_SCALE = 1.0507009873554805;  // fixed point of mean 0, variance 1: Klambauer et al. 2017
constexpr double SELU_ALPHA = 1.6732632423543772;

template <class V>
INLINE V softplus(V z) {
    return max(V{}, z) + log1p(exp(-absolute(z)));
}

struct Identity {
    static constexpr bool NEEDS_Z = false;
    template <class V> static V value(V z) { return z; }
    template <class V> static V derivative(V, V) { return splat<RealOf<V>>(1); }
};

struct Logistic {
    static constexpr bool NEEDS_Z = false;
    template <class V> static V value(V z) { return logistic(z); }
    template <class V> static V derivative(V, V a) { return minus_product(a, a, a); }
};

struct Tanh {
    static constexpr bool NEEDS_Z = false;
    template <class V> static V value(V z) { return tanh(z); }
    template <class V> static V derivative(V, V a) { return fma(-a, a, splat<RealOf<V>>(1)); }
};

struct Relu {
    static constexpr bool NEEDS_Z = false;
    template <class V> static V value(V z) { return max(V{}, z); }
    template <class V> static V derivative(V, V a) { return a > V{} ? splat<RealOf<V>>(1) : V{}; }
};

struct LeakyRelu {
    static constexpr bool NEEDS_Z = false;
    template <class V> static V value(V z) { return max(splat<RealOf<V>>(LEAKY_SLOPE) * z, z); }
    template <class V> static V derivative(V, V a) {
        return a > V{} ? splat<RealOf<V>>(1) : splat<RealOf<V>>(LEAKY_SLOPE);
    }
};

struct Elu {
    static constexpr bool NEEDS_Z = false;
    template <class V> static V value(V z) { return z > V{} ? z : expm1(min(V{}, z)); }
    template <class V> static V derivative(V, V a) {
        const V one = splat<RealOf<V>>(1);
        return a > V{} ? one : a + one;
    }
};

struct Selu {
    static constexpr bool NEEDS_Z = false;
    template <class V> static V value(V z) {
        using T = RealOf<V>;
        return splat<T>(SELU_SCALE) * (z > V{} ? z : splat<T>(SELU_ALPHA) * expm1(min(V{}, z)));
    }
    template <class V> static V derivative(V, V a) {
        using T = RealOf<V>;
        return a > V{} ? splat<T>(SELU_SCALE) : a + splat<T>(SELU_SCALE * SELU_ALPHA);
    }
};

// z Φ(z), with Φ the normal distribution function (Hendrycks and Gimpel 2016).
struct Gelu {
    static constexpr bool NEEDS_Z = true;
    template <class V> static V value(V z) { return z * normal_distribution(z); }
    template <class V> static V derivative(V z, V) {  // Φ(z) + z φ(z)
        using T = RealOf<V>;
        return fma(z * splat<T>(0.39894228040143268), exp(splat<T>(-0.5) * z * z), normal_distribution(z));
    }
};

struct Silu {
    static constexpr bool NEEDS_Z = true;
    template <class V> static V value(V z) { return z * logistic(z); }
    template <class V> static V derivative(V z, V a) {  // σ + a (1 - σ)
        const V s = logistic(z);
        return fma(a, splat<RealOf<V>>(1) - s, s);
    }
};

// z tanh(softplus z) (Misra 2019).
struct Mish {
    static constexpr bool NEEDS_Z = true;
    template <class V> static V value(V z) { return z * tanh(softplus(z)); }
    template <class V> static V derivative(V z, V) {  // t + z (1 - t²) σ(z)
        const V t = tanh(softplus(z));
        return fma(z * fma(-t, t, splat<RealOf<V>>(1)), logistic(z), t);
    }
};

struct Softplus {
    static constexpr bool NEEDS_Z = true;
    template <class V> static V value(V z) { return softplus(z); }
    template <class V> static V derivative(V z, V) { return logistic(z); }
};

struct Exp {
    static constexpr bool NEEDS_Z = false;
    template <class V> static V value(V z) { return exp(z); }
    template <class V> static V derivative(V, V a) { return a; }
};

// Call `f` with the pair of a name; softmax, which goes across the units, has functions of its own below.
template <class F>
INLINE void with_activation(ActivationName name, F f) {
    switch (name) {
        case ActivationName::identity: return f(Identity{});
        case ActivationName::logistic: return f(Logistic{});
        case ActivationName::tanh: return f(Tanh{});
        case ActivationName::relu: return f(Relu{});
        case ActivationName::leaky_relu: return f(LeakyRelu{});
        case ActivationName::elu: return f(Elu{});
        case ActivationName::selu: return f(Selu{});
        case ActivationName::gelu: return f(Gelu{});
        case ActivationName::silu: return f(Silu{});
        case ActivationName::mish: return f(Mish{});
        case ActivationName::softplus: return f(Softplus{});
        case ActivationName::exp: return f(Exp{});
        case ActivationName::softmax: return;
    }
}

inline bool derivative_needs_z(ActivationName name) {
    bool needs = false;
    with_activation(name, [&](auto activation) { needs = activation.NEEDS_Z; });
    return needs;
}

// a = activation(z) for `count` values, a multiple of the lanes; a may be z.
template <class T>
void activate(ActivationName name, const T* z, T* a, ptrdiff_t count) {
    if (name == ActivationName::identity && z == a) return;
    with_activation(name, [&](auto activation) {
        for (ptrdiff_t i = 0; i < count; i += LANES<T>) store(a + i, activation.value(load(z + i)));
    });
}

// delta *= activation'(z).
template <class T>
void multiply_derivative(ActivationName name, const T* z, const T* a, T* delta, ptrdiff_t count) {
    if (name == ActivationName::identity) return;
    with_activation(name, [&](auto activation) {
        for (ptrdiff_t i = 0; i < count; i += LANES<T>)
            store(delta + i, load(delta + i) * activation.derivative(load(z + i), load(a + i)));
    });
}

// p = e^z normalised to sum 1 over the n units of a row; `top` and `total` get the row's maximum and sum, taken after it.
template <class T>
void softmax_row(const T* z, T* p, int n, T* top, T* total) {
    constexpr int L = LANES<T>;
    const Lanes<T> lowest = splat<T>(-INFINITY);
    Lanes<T> most = lowest;
    for (int j = 0; j < n; j += L) {
        const Lanes<T> v = load(z + j);
        most = max(most, lane_numbers<T>() < (Integers<T>{} + (n - j)) ? v : lowest);
    }
    most = max_across(most);
    Lanes<T> sums{};
    for (int j = 0; j < n; j += L) {
        const Lanes<T> e = first_lanes<T>(exp(load(z + j) - most), n - j);
        store(p + j, e);
        sums = sums + e;
    }
    sums = sum_across(sums);
    const Lanes<T> share = splat<T>(1) / sums;
    for (int j = 0; j < n; j += L) store(p + j, load(p + j) * share);
    *top = most[0];
    *total = sums[0];
}

}  // namespace
