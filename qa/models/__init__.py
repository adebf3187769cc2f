"""Encoders and readers: which there are, how they are exported, how they run.

Imports go one way, from the last of these modules to the first:

    catalog       models.txt: names, weights, digests
    manifest      the record of an export
    words         English words, from the default encoder
    running, spans, lead
                  what encoder and reader are built from
    encoder, reader
                  the exported models
    torch_models  the original models, loaded in PyTorch
    trace         an original model as an ONNX graph
    export        the graph, optimised and quantised, in the cache
    opening       a model by its name, exported if necessary
"""
