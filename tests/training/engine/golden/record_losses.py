#!/usr/bin/env python3
"""Records losses.json: ten steps of small networks in PyTorch, in double precision.

    record_losses.py PEER > losses.json

PEER is the benchmark peer (peer_torch.py); it needs torch and numpy. The weights are those of
understudy::training::initialise, computed here a second time, and the batch is a formula, so the
recording needs no data but the losses. Run it again only when the mathematics is meant to change.
"""
import argparse
import importlib.util
import json
import sys

import numpy as np
import torch

SEED = 7
SMALL = {"ae_dims": 12, "e_dims": 4, "d_dims": 4, "mask_dims": 2}
CASES = [("df", 64, 10, "adam"), ("df-ud", 64, 10, "adam"), ("liae-ud", 64, 10, "adabelief"),
         ("liae-udt", 96, 4, "adam"), ("df-t", 64, 4, "adam"), ("df-d", 256, 2, "adam"),
         ("df-udt", 64, 10, "adam"), ("liae", 64, 4, "adam"), ("liae-udt", 64, 10, "adabelief")]


def philox(counter, key):
    """Philox 4x32-10 on arrays of counters."""
    counter = [c.astype(np.uint64) for c in counter]
    key = list(key)
    low = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        first = np.uint64(0xD2511F53) * counter[0]
        second = np.uint64(0xCD9E8D57) * counter[2]
        counter = [(second >> np.uint64(32)) ^ counter[1] ^ np.uint64(key[0]), second & low,
                   (first >> np.uint64(32)) ^ counter[3] ^ np.uint64(key[1]), first & low]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def name_hash(name):
    value = 2166136261
    for letter in name.encode():
        value = ((value ^ letter) * 16777619) & 0xFFFFFFFF
    return value


def glorot(name, shape):
    count = int(np.prod(shape))
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    constant = [np.full_like(blocks, value) for value in (name_hash(name), 0, 3)]
    words = np.stack(philox([blocks] + constant, (SEED, 0)), 1).reshape(-1)[:count]
    bound = np.sqrt(6.0 / ((shape[0] + shape[1]) * int(np.prod(shape[2:]))))
    values = -bound + 2 * bound * (words.astype(np.float64) * 2.0 ** -32)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def formula_batch(batch, resolution):
    """Smooth pictures, a shifted copy as input and a soft disc as mask."""
    y, x = np.mgrid[0:resolution, 0:resolution] / resolution
    result = {}
    for s, side in enumerate(("source", "destination")):
        target = np.empty((batch, 3, resolution, resolution))
        warped = np.empty_like(target)
        mask = np.empty((batch, 1, resolution, resolution))
        for b in range(batch):
            for c in range(3):
                phase = 0.7 * b + 1.3 * c + 2.1 * s
                target[b, c] = 0.5 + 0.4 * np.sin(9 * x + phase) * np.cos(7 * y - phase)
                warped[b, c] = 0.5 + 0.4 * np.sin(9 * x + phase + 0.2) * np.cos(7 * y - phase)
            radius = (x - 0.5) ** 2 + (y - 0.5) ** 2
            mask[b, 0] = np.clip(4 * (0.12 + 0.02 * b - radius) / 0.12, 0, 1)
        for name, array in (("target", target), ("warped", warped), ("mask", mask)):
            result[f"{side}_{name}"] = torch.from_numpy(array)
    return result


def first_checksums(network, predictions):
    """Square sums (they cannot cancel) of what the first step drew and of its gradient."""
    sums = {"gradient": sum(p.grad.square().sum() for p in network.parameters())}
    for side, (rgb, mask) in zip(("source", "destination"), predictions):
        sums[f"{side}_rgb"], sums[f"{side}_mask"] = rgb.square().sum(), mask.square().sum()
    return {name: value.item() for name, value in sums.items()}


def record(peer, model, resolution, steps, optimizer):
    options = argparse.Namespace(
        model=model, resolution=resolution, batch=2, batched_sides=True, loss="full",
        optimizer=optimizer, lr=5e-4, **SMALL)
    network = peer.build(options).double()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.dim() > 1:
                parameter.copy_(glorot(name, tuple(parameter.shape)))
    loss, batch = peer.Loss("full", resolution).double(), formula_batch(2, resolution)
    updates = peer.make_optimizer(options, network)
    losses, first = [], None
    for _ in range(steps):
        predictions = network(batch["source_warped"], batch["destination_warped"], True)
        terms = loss(predictions, batch)
        total = sum(terms.values())
        losses.append(float(total))
        updates.zero_grad()
        total.backward()
        if not first:
            first = {name: value.item() for name, value in terms.items()}
            checksums = first_checksums(network, predictions)
        updates.step()
    names = {name: list(parameter.shape) for name, parameter in network.named_parameters()}
    return {"model": model, "resolution": resolution, "optimizer": optimizer, "losses": losses,
            "first_terms": first, "checksums": checksums,
            "parameters": names if model.endswith("udt") and resolution == 64 else {}}


def main():
    spec = importlib.util.spec_from_file_location("peer", sys.argv[1])
    peer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peer)
    torch.set_num_threads(1)
    print(json.dumps([record(peer, *case) for case in CASES], indent=1))


if __name__ == "__main__":
    main()
