"""The libraries that selenite is measured beside: a module each, imported when it is asked for."""

from importlib import import_module

MODULES = {
    "sklearn": "with_sklearn",
    "torch_eager": "with_torch",
    "torch_compile": "with_torch",
    "jax": "with_jax",
    "onnxruntime": "with_onnxruntime",
}


def find(name: str, workload: str):
    """Return what makes the rival ready for the workload, None where it does not apply; import its library."""
    return import_module(f"rivals.{MODULES[name]}").CONTENDERS[name].get(workload)
