"""Loaders, samplers and datasets."""

from __future__ import annotations

from ganlint.torch_api.shape import ShapeFunction

TABLE = """
data.DataLoader [loader] dataset, batch_size=1, shuffle=None, sampler=None, batch_sampler=None, num_workers=0,
    collate_fn=None, pin_memory=False, drop_last=False, timeout=0, worker_init_fn=None,
    multiprocessing_context=None, generator=None, *, prefetch_factor=None, persistent_workers=False,
    pin_memory_device='', in_order=True
data.BatchSampler [sampler] sampler, batch_size, drop_last
data.ChainDataset [dataset.concat] datasets
data.ConcatDataset [dataset.concat] datasets
data.DistributedSampler [sampler] dataset, num_replicas=None, rank=None, shuffle=True, seed=0, drop_last=False
data.RandomSampler [sampler] data_source, replacement=False, num_samples=None, generator=None
data.SequentialSampler [sampler] data_source
data.StackDataset [dataset] *args, **kwargs
data.Subset [dataset.subset] dataset, indices
data.SubsetRandomSampler [sampler] indices, generator=None
data.TensorDataset [dataset.tensors] *tensors
data.WeightedRandomSampler [sampler] weights, num_samples, replacement=True, generator=None
"""

SHAPES: dict[str, ShapeFunction] = {}
