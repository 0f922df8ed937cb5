// The names that Python and the kernel share; the order is that of the tables in nn/.
#pragma once

enum class ActivationName { identity, logistic, tanh, relu, leaky_relu, elu, selu, gelu, silu, mish, softplus, exp, softmax };
constexpr const char* ACTIVATIONS[] = {"identity", "logistic", "tanh", "relu",     "leaky_relu", "elu",    "selu",
                                       "gelu",     "silu",     "mish", "softplus", "exp",        "softmax"};

enum class LossName { squared_error, log_loss, poisson, absolute_error, huber, quantile };
constexpr const char* LOSSES[] = {"squared_error", "log_loss", "poisson", "absolute_error", "huber", "quantile"};

enum class OptimizerName { sgd, adam, adamw };
constexpr const char* OPTIMIZERS[] = {"sgd", "adam", "adamw"};

enum class ScheduleName { constant, step, cosine, one_cycle, inverse_scaling, adaptive };
constexpr const char* SCHEDULES[] = {"constant", "step", "cosine", "one_cycle", "inverse_scaling", "adaptive"};
