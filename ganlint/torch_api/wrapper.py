"""What wraps a module and leaves its layers as they are."""

from __future__ import annotations

from ganlint.torch_api.shape import ShapeFunction

TABLE = """
nn.DataParallel [wrapper.data_parallel] module, device_ids=None, output_device=None, dim=0
utils.spectral_norm utils.parametrizations.spectral_norm [wrapper.spectral_norm] module, name='weight',
    n_power_iterations=1, eps=1e-12, dim=None
utils.weight_norm utils.parametrizations.weight_norm [wrapper.weight_norm] module, name='weight', dim=0
utils.parametrizations.orthogonal [wrapper.orthogonal] module, name='weight', orthogonal_map=None, *,
    use_trivialization=True
utils.remove_spectral_norm [wrapper.unwrap] module, name='weight'
utils.remove_weight_norm [wrapper.unwrap] module, name='weight'
torch.nn.parallel.DataParallel [wrapper.data_parallel] module, device_ids=None, output_device=None, dim=0
torch.nn.parallel.DistributedDataParallel [wrapper.data_parallel] module, device_ids=None, output_device=None,
    dim=0, **kwargs
torch.nn.SyncBatchNorm.convert_sync_batchnorm [wrapper.convert_sync_batch_norm] module, process_group=None
torch.compile [wrapper.compile] model=None, **kwargs
torch.jit.script [wrapper.compile] obj, **kwargs
"""

SHAPES: dict[str, ShapeFunction] = {}
