// Each optimizer: one step from a gradient. The twin of nn/optimizers.py, on any run of parameters.
#pragma once

#include "elementary.hpp"
#include "schedules.hpp"

namespace {

// Groups of parameters, each with a rate of its own: the embedding's waves and factors, then weights and biases of each layer.
enum Group : int { PERIODIC, FACTORS, FIRST_WEIGHTS };
constexpr bool is_weights(int group) { return group >= FIRST_WEIGHTS && (group - FIRST_WEIGHTS) % 2 == 0; }

// The numbers of one step, the same for all parameters.
template <class T>
struct Step {
    OptimizerName name;
    bool nesterov, has_velocity;
    double decay;      // of a weight, at the full rate
    double full_rate;  // before shares
    const double* rates;
    T momentum, beta_1, gain_1, beta_2, gain_2, epsilon;  // gain: 1 - beta

    // `steps` counts this step; `rate` is before Adam's correction.
    Step(const OptimizerDescription& optimizer, int64_t steps, double rate)
        : name(optimizer.name),
          nesterov(optimizer.nesterov),
          has_velocity(optimizer.momentum != 0),
          decay(optimizer.name == OptimizerName::adamw ? rate * optimizer.weight_decay : 0),
          full_rate(rate),
          rates(optimizer.rates),
          momentum(T(optimizer.momentum)),
          beta_1(T(optimizer.beta_1)),
          gain_1(T(1 - optimizer.beta_1)),
          beta_2(T(optimizer.beta_2)),
          gain_2(T(1 - optimizer.beta_2)),
          epsilon(T(optimizer.epsilon)) {
        if (name != OptimizerName::sgd)
            full_rate *= std::sqrt(1 - power(optimizer.beta_2, steps)) / (1 - power(optimizer.beta_1, steps));
    }

    // What weight decay leaves of a weight of the group.
    T keep(int group) const { return is_weights(group) ? T(1 - decay * rates[group]) : T(1); }

    // Step `count` parameters p of a group, a multiple of the lanes, by their gradient g.
    void operator()(T* p, const T* g, T* first, T* second, ptrdiff_t count, int group) const {
        step(p, g, first, second, count, rates[group], keep(group));
    }

    // Step parameters of all groups, which have one rate; their weights have decayed already.
    void operator()(T* p, const T* g, T* first, T* second, ptrdiff_t count) const {
        step(p, g, first, second, count, 1, T(1));
    }

   private:
    void step(T* p, const T* g, T* first, T* second, ptrdiff_t count, double share, T keep) const {
        constexpr int L = LANES<T>;
        const Lanes<T> eta = splat(T(full_rate * share));
        if (name == OptimizerName::sgd && !has_velocity) {  // p ← p - η g
            for (ptrdiff_t i = 0; i < count; i += L) store(p + i, fma(-eta, load(g + i), load(p + i)));
        } else if (name == OptimizerName::sgd) {  // v ← μ v - η g; p ← p + v, or p + μ v - η g
            const Lanes<T> mu = splat(momentum);
            for (ptrdiff_t i = 0; i < count; i += L) {
                const Lanes<T> slope = -eta * load(g + i), v = flushed(fma(mu, load(first + i), slope));
                store(first + i, v);
                store(p + i, load(p + i) + (nesterov ? fma(mu, v, slope) : v));
            }
        } else {  // m ← β₁ m + (1 - β₁) g; s ← β₂ s + (1 - β₂) g²; p ← p - η m / (√s + ε)
            const Lanes<T> b1 = splat(beta_1), g1 = splat(gain_1), b2 = splat(beta_2), g2 = splat(gain_2);
            const Lanes<T> eps = splat(epsilon);
            const Lanes<T> kept = splat(keep);
            for (ptrdiff_t i = 0; i < count; i += L) {
                const Lanes<T> slope = load(g + i);
                const Lanes<T> m = flushed(fma(b1, load(first + i), g1 * slope));
                const Lanes<T> s = flushed(fma(b2, load(second + i), g2 * slope * slope));
                store(first + i, m);
                store(second + i, s);
                store(p + i, fma(load(p + i), kept, -eta * m * reciprocal_root(s, eps)));
            }
        }
    }
};

}  // namespace
