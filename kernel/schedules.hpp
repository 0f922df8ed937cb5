// Learning-rate schedules: the twin of nn/schedules.py.
#pragma once

#include "elementary.hpp"
#include "verbs.hpp"

namespace {

// The rate as a share of the base rate; t in [0, 1) is the share of all steps already made.
inline double share(const ScheduleDescription& schedule, double t, int64_t epoch, double rows_seen) {
    switch (schedule.name) {
        case ScheduleName::step: return power(schedule.factor, epoch / schedule.every);
        case ScheduleName::cosine: return 0.5 * (1 + cosine_of_half_turns(t));
        case ScheduleName::one_cycle:
            if (t < schedule.warmup) return 0.04 + 0.96 * 0.5 * (1 - cosine_of_half_turns(t / schedule.warmup));
            return 0.5 * (1 + cosine_of_half_turns((t - schedule.warmup) / (1 - schedule.warmup)));
        case ScheduleName::inverse_scaling: return exp(splat(-schedule.power) * log(splat(1 + rows_seen)))[0];
        default: return 1;  // adaptive: training keeps count
    }
}

}  // namespace
