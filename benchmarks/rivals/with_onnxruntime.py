"""onnxruntime on one thread, its best for networks of this size: Gemm, Relu, Softmax."""

import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from timing import Contender, expected


def _session(work):
    nodes, tensors, last = [], [], "x"
    layers = work.layers()
    for i, (weights, biases) in enumerate(layers):
        tensors += [numpy_helper.from_array(weights, f"W{i}"), numpy_helper.from_array(biases, f"b{i}")]
        nodes.append(helper.make_node("Gemm", [last, f"W{i}", f"b{i}"], [f"z{i}"]))
        last = f"z{i}"
        if i < len(layers) - 1:
            nodes.append(helper.make_node("Relu", [last], [f"a{i}"]))
            last = f"a{i}"
    nodes.append(helper.make_node("Softmax", [last], ["p"], axis=1))
    sizes = work.network.layer_sizes
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, sizes[0]])],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, [None, sizes[-1]])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _predicting(calls):
    def make(work):
        session, rows = _session(work), {"x": work.X}

        def run():
            for _ in range(calls):
                session.run(None, rows)

        return Contender(lambda: (session.run(None, rows)[0], expected(work)), run, calls)

    return make


CONTENDERS = {"onnxruntime": {"W5_1row": _predicting(5000), "W5_10000rows": _predicting(20)}}
