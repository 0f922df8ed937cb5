// Learning-rate schedules: the twin of nn/schedules.py.
#pragma once

#include <cmath>

#include "verbs.hpp"

namespace {

// The rate as a share of the base rate; t in [0, 1) is the share of all steps already made.
inline double share(const ScheduleDescription& schedule, double t, int64_t epoch, double rows_seen) {
    constexpr double pi = 3.14159265358979323846;
    switch (schedule.name) {
        case ScheduleName::step: return std::pow(schedule.factor, double(epoch / schedule.every));
        case ScheduleName::cosine: return 0.5 * (1 + std::cos(pi * t));
        case ScheduleName::one_cycle:
            if (t < schedule.warmup) return 0.04 + 0.96 * 0.5 * (1 - std::cos(pi * t / schedule.warmup));
            return 0.5 * (1 + std::cos(pi * (t - schedule.warmup) / (1 - schedule.warmup)));
        case ScheduleName::inverse_scaling: return std::pow(1 + rows_seen, -schedule.power);
        default: return 1;  // adaptive: training keeps count
    }
}

}  // namespace
