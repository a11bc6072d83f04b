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

    Logits, of tens of thousands of numbers a token, are made where an answer is predicted, and the loss once; ilab
    makes them for every token, padding too, and computes two losses.
    """
    whole = model.forward

    def forward(input_ids, attention_mask, labels, use_cache=False, return_dict=False):
        kept = attention_mask.bool()
        rows, answers = ([row[k] for row, k in zip(part, kept, strict=True)] for part in (input_ids, labels))
        ids, positions, targets, mask = one_sequence(rows, answers)
        predicts = targets != -100
        # The model's own forward pass: Granite, for one, scales the logits.
        logits = whole(
            input_ids=ids.unsqueeze(0),
            attention_mask=torch.where(mask, 0.0, torch.finfo(torch.float32).min)[None, None],
            position_ids=positions.unsqueeze(0), logits_to_keep=predicts.nonzero()[:, 0], use_cache=use_cache,
            return_dict=return_dict,
        )[0][0].float()  # fmt: skip
        return (torch.nn.functional.cross_entropy(logits, targets[predicts], reduction="sum"),)

    model.forward = forward
    return model


def fits(model, stock, longest):
    """Whether sum_of_losses() gives `model` the loss that `stock`, ilab's own way to change it, gives it.

    Tried on two rows of `longest` tokens, of the data: a model with a sliding window sees less of longer rows than
    sum_of_losses() shows it, and not every class takes a mask of its own or makes only some of the logits.
    """
    common, vocabulary = longest // 2, model.config.vocab_size
    rows = torch.arange(2 * longest).reshape(2, longest) * 7919 % vocabulary
    rows[1, :common] = rows[0, :common]
    labels = torch.where(torch.arange(longest) < common, -100, rows)
    batch = {"input_ids": rows, "attention_mask": torch.ones_like(rows), "labels": labels}
    forward, precision, losses = model.forward, torch.get_float32_matmul_precision(), []
    torch.set_float32_matmul_precision("highest")  # the last bits of two sums of faster products differ too much
    try:
        for change in (stock, sum_of_losses):
            with torch.no_grad():
                losses.append(change(model)(**batch, use_cache=False, return_dict=False)[0])
            model.forward = forward
    except (TypeError, ValueError, RuntimeError, AttributeError, IndexError):
        return False
    finally:
        model.forward = forward
        torch.set_float32_matmul_precision(precision)
    return torch.allclose(*losses, rtol=1e-5)


def freeze(model, embeddings, layers):
    """Make constants of the weights of `model` in its embeddings, if asked to, and in its first `layers` layers.

    ilab wants a gradient of every parameter, so they become buffers.
    """
    blocks = [part for part in model.modules() if isinstance(part, torch.nn.ModuleList)]
    frozen = list(max(blocks, key=len)[:layers]) if layers else []
    frozen += [model.get_input_embeddings(), model.get_output_embeddings()] if embeddings else []
    for part in [part for module in frozen for part in module.modules()]:
        for name, weight in list(part.named_parameters(recurse=False)):
            delattr(part, name)
            part.register_buffer(name, weight.detach())
