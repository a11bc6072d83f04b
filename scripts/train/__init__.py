"""Train: from rows to the weights of a student and the GGUF file that is served."""
