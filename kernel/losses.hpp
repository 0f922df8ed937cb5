// Each loss and its derivative: the twin of nn/losses.py.
//
// On a vector of lanes: y, the raw output z, the prediction p = a(z), and log Σ e^z of the row for softmax.
// `slope` is the derivative with respect to p, or to z where FOLDED: then the output's activation is in it already.
#pragma once

#include "activations.hpp"

namespace {

struct SquaredError {  // ½ (p - y)², shown over the divisor
    static constexpr bool FOLDED = false;
    template <class V> static V value(V y, V, V p, V, V divisor) {
        return splat<RealOf<V>>(0.5) * (p - y) * (p - y) / divisor;
    }
    template <class V> static V slope(V y, V, V p, V) { return p - y; }
};

struct SoftmaxLogLoss {  // Σ y (log Σ e^z - z), shown as no more than the cap
    static constexpr bool FOLDED = true;
    template <class V> static V value(V y, V z, V, V log_sum_exp, V cap) { return y * min(cap, log_sum_exp - z); }
    template <class V> static V slope(V y, V, V p, V) { return p - y; }
};

struct LogisticLogLoss {  // (1 - y) softplus(z) + y softplus(-z), each shown as no more than the cap
    static constexpr bool FOLDED = true;
    template <class V> static V value(V y, V z, V, V, V cap) {
        const V no = softplus(z), yes = no - z;
        return fma(y, min(cap, yes) - min(cap, no), min(cap, no));
    }
    template <class V> static V slope(V y, V, V p, V) { return p - y; }
};

// p - y + y log(y / p), half the Poisson deviance.
template <bool EXP>
struct Poisson {
    static constexpr bool FOLDED = EXP;
    template <class V> static V value(V y, V z, V p, V, V divisor) {
        const V log_p = EXP ? z : log(p), zero{};
        const V y_log_y = y > zero ? y * log(y > zero ? y : splat<RealOf<V>>(1)) : zero;
        return (p - y + y_log_y - y * log_p) / divisor;
    }
    template <class V> static V slope(V y, V, V p, V) { return EXP ? p - y : splat<RealOf<V>>(1) - y / p; }
};

struct AbsoluteError {
    static constexpr bool FOLDED = false;
    template <class V> static V value(V y, V, V p, V, V) { return absolute(p - y); }
    template <class V> static V slope(V y, V, V p, V) {
        const V one = splat<RealOf<V>>(1), e = p - y;
        return e > V{} ? one : e < V{} ? -one : e;
    }
};

struct Huber {  // ½ e² up to the threshold, and the tangent beyond (Huber 1964)
    static constexpr bool FOLDED = false;
    template <class V> static V value(V y, V, V p, V, V threshold) {
        const V e = absolute(p - y), half = splat<RealOf<V>>(0.5);
        return e > threshold ? threshold * (e - half * threshold) : half * e * e;
    }
    template <class V> static V slope(V y, V, V p, V threshold) { return max(-threshold, min(threshold, p - y)); }
};

struct Quantile {  // level (y - p) where p is too low, (1 - level) (p - y) where too high (Koenker and Bassett 1978)
    static constexpr bool FOLDED = false;
    template <class V> static V value(V y, V, V p, V, V level) {
        return max(level * (y - p), (level - splat<RealOf<V>>(1)) * (y - p));
    }
    template <class V> static V slope(V y, V, V p, V level) {
        return p > y ? splat<RealOf<V>>(1) - level : p < y ? -level : p - y;
    }
};

template <class F>
INLINE void with_loss(LossName name, ActivationName output, F f) {
    switch (name) {
        case LossName::squared_error: return f(SquaredError{});
        case LossName::log_loss:
            return output == ActivationName::softmax ? f(SoftmaxLogLoss{}) : f(LogisticLogLoss{});
        case LossName::poisson: return output == ActivationName::exp ? f(Poisson<true>{}) : f(Poisson<false>{});
        case LossName::absolute_error: return f(AbsoluteError{});
        case LossName::huber: return f(Huber{});
        case LossName::quantile: return f(Quantile{});
    }
}

}  // namespace
