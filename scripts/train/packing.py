"""A batch as one sequence, in which what its rows begin with in common stands and is computed once."""

import numpy
import torch


def one_sequence(rows, labels):
    """Lay `rows` (1-D tensors of token ids) out as one sequence in which what rows begin with in common stands once.

    Returns ids, positions, targets (the label of the next token of the same row, or -100), each of shape (length,), and
    the mask (length, length), true where the token of a line may look at the token of a column: those before it in a
    row that it belongs to.
    """
    ids, positions, targets, before, places = [], [], [], [], {}
    for row, label in zip(rows, labels, strict=True):
        place = None
        for position, (token, target) in enumerate(zip(row.tolist(), [*label[1:].tolist(), -100], strict=True)):
            # Each row predicts its own answer: a token with a target is never shared.
            key = (place, token, position if target == -100 else len(ids))
            shared = places.get(key)
            if shared is None:
                shared = places[key] = len(ids)
                ids.append(token)
                positions.append(position)
                targets.append(target)
                before.append(place)
            place = shared
    mask = numpy.eye(len(ids), dtype=bool)
    for place, parent in enumerate(before):
        if parent is not None:
            mask[place] |= mask[parent]
    return torch.tensor(ids), torch.tensor(positions), torch.tensor(targets), torch.from_numpy(mask)


def neighbours(lengths, most):
    """Batches of consecutive rows, as lists of row numbers; `lengths` in tokens, `most` tokens a batch."""
    batches, room = [], 0
    for row, length in enumerate(lengths):
        if length > room:
            batches.append([])
            room = most
        batches[-1].append(row)
        room -= length
    return batches


def sum_of_losses(model):
    """Give `model` a forward pass that returns (sum of the cross-entropies of a batch's answer tokens,).

    Logits, of 49152 numbers a token, are made where an answer is predicted, and the loss once; ilab makes them for
    every token, padding too, and computes two losses.
    """

    def forward(input_ids, attention_mask, labels, use_cache=False, return_dict=False):
        kept = attention_mask.bool()
        rows, answers = ([row[k] for row, k in zip(part, kept, strict=True)] for part in (input_ids, labels))
        ids, positions, targets, mask = one_sequence(rows, answers)
        hidden = model.model(
            input_ids=ids.unsqueeze(0),
            attention_mask=torch.where(mask, 0.0, torch.finfo(torch.float32).min)[None, None],
            position_ids=positions.unsqueeze(0), use_cache=use_cache, return_dict=return_dict,
        )[0][0]  # fmt: skip
        predicts = targets != -100
        logits = model.lm_head(hidden[predicts]).float()
        return (torch.nn.functional.cross_entropy(logits, targets[predicts], reduction="sum"),)

    model.forward = forward
    return model


def freeze(model, embeddings, layers):
    """Make constants of the weights of `model` in its embeddings, if asked to, and in its first `layers` layers.

    ilab wants a gradient of every parameter, so they become buffers.
    """
    frozen = list(model.model.layers[:layers])
    frozen += [model.get_input_embeddings(), model.get_output_embeddings()] if embeddings else []
    for part in [part for module in frozen for part in module.modules()]:
        for name, weight in list(part.named_parameters(recurse=False)):
            delattr(part, name)
            part.register_buffer(name, weight.detach())
