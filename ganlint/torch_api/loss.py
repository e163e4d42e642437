"""Losses and distances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ganlint.torch_api.shape import UNKNOWN, Shape, ShapeFunction, broadcast, shape_of

TABLE = """
nn.BCELoss [loss.bce] weight=None, size_average=None, reduce=None, reduction='mean'
F.binary_cross_entropy [loss.bce = nn.BCELoss] input, target, weight=None, size_average=None, reduce=None,
    reduction='mean'
nn.BCEWithLogitsLoss [loss.bce_with_logits] weight=None, size_average=None, reduce=None, reduction='mean',
    pos_weight=None
F.binary_cross_entropy_with_logits [loss.bce_with_logits = nn.BCEWithLogitsLoss] input, target, weight=None,
    size_average=None, reduce=None, reduction='mean', pos_weight=None
nn.MSELoss [loss.mse] size_average=None, reduce=None, reduction='mean'
F.mse_loss [loss.mse = nn.MSELoss] input, target, size_average=None, reduce=None, reduction='mean', weight=None
nn.L1Loss [loss.l1] size_average=None, reduce=None, reduction='mean'
F.l1_loss [loss.l1 = nn.L1Loss] input, target, size_average=None, reduce=None, reduction='mean', weight=None
nn.CrossEntropyLoss [loss.cross_entropy] weight=None, size_average=None, ignore_index=-100, reduce=None,
    reduction='mean', label_smoothing=0.0
F.cross_entropy [loss.cross_entropy = nn.CrossEntropyLoss] input, target, weight=None, size_average=None,
    ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0
nn.NLLLoss [loss.nll] weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'
F.nll_loss [loss.nll = nn.NLLLoss] input, target, weight=None, size_average=None, ignore_index=-100, reduce=None,
    reduction='mean'
nn.NLLLoss2d [loss.nll] weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'
nn.KLDivLoss [loss.kl_div] size_average=None, reduce=None, reduction='mean', log_target=False
F.kl_div [loss.kl_div = nn.KLDivLoss] input, target, size_average=None, reduce=None, reduction='mean',
    log_target=False
nn.SmoothL1Loss [loss.smooth_l1] size_average=None, reduce=None, reduction='mean', beta=1.0
F.smooth_l1_loss [loss.smooth_l1 = nn.SmoothL1Loss] input, target, size_average=None, reduce=None, reduction='mean',
    beta=1.0
nn.HuberLoss [loss.huber] reduction='mean', delta=1.0
F.huber_loss [loss.huber = nn.HuberLoss] input, target, reduction='mean', delta=1.0, weight=None
nn.HingeEmbeddingLoss [loss.hinge_embedding] margin=1.0, size_average=None, reduce=None, reduction='mean'
F.hinge_embedding_loss [loss.hinge_embedding = nn.HingeEmbeddingLoss] input, target, margin=1.0, size_average=None,
    reduce=None, reduction='mean'
nn.SoftMarginLoss [loss.soft_margin] size_average=None, reduce=None, reduction='mean'
F.soft_margin_loss [loss.soft_margin = nn.SoftMarginLoss] input, target, size_average=None, reduce=None,
    reduction='mean'
nn.MarginRankingLoss [loss.margin_ranking] margin=0.0, size_average=None, reduce=None, reduction='mean'
F.margin_ranking_loss [loss.margin_ranking = nn.MarginRankingLoss] input1, input2, target, margin=0,
    size_average=None, reduce=None, reduction='mean'
nn.CosineEmbeddingLoss [loss.cosine_embedding] margin=0.0, size_average=None, reduce=None, reduction='mean'
F.cosine_embedding_loss [loss.cosine_embedding = nn.CosineEmbeddingLoss] input1, input2, target, margin=0,
    size_average=None, reduce=None, reduction='mean'
nn.CTCLoss [loss.ctc] blank=0, reduction='mean', zero_infinity=False
F.ctc_loss [loss.ctc = nn.CTCLoss] log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean',
    zero_infinity=False
nn.GaussianNLLLoss [loss.gaussian_nll] *, full=False, eps=1e-06, reduction='mean'
F.gaussian_nll_loss [loss.gaussian_nll = nn.GaussianNLLLoss] input, target, var, full=False, eps=1e-06,
    reduction='mean'
nn.PoissonNLLLoss [loss.poisson_nll] log_input=True, full=False, size_average=None, eps=1e-08, reduce=None,
    reduction='mean'
F.poisson_nll_loss [loss.poisson_nll = nn.PoissonNLLLoss] input, target, log_input=True, full=False,
    size_average=None, eps=1e-08, reduce=None, reduction='mean'
nn.MultiLabelMarginLoss [loss.multilabel_margin] size_average=None, reduce=None, reduction='mean'
F.multilabel_margin_loss [loss.multilabel_margin = nn.MultiLabelMarginLoss] input, target, size_average=None,
    reduce=None, reduction='mean'
nn.MultiLabelSoftMarginLoss [loss.multilabel_soft_margin] weight=None, size_average=None, reduce=None,
    reduction='mean'
F.multilabel_soft_margin_loss [loss.multilabel_soft_margin = nn.MultiLabelSoftMarginLoss] input, target,
    weight=None, size_average=None, reduce=None, reduction='mean'
nn.MultiMarginLoss [loss.multi_margin] p=1, margin=1.0, weight=None, size_average=None, reduce=None,
    reduction='mean'
F.multi_margin_loss [loss.multi_margin = nn.MultiMarginLoss] input, target, p=1, margin=1.0, weight=None,
    size_average=None, reduce=None, reduction='mean'
nn.TripletMarginLoss [loss.triplet_margin] margin=1.0, p=2.0, eps=1e-06, swap=False, size_average=None, reduce=None,
    reduction='mean'
F.triplet_margin_loss [loss.triplet_margin = nn.TripletMarginLoss] anchor, positive, negative, margin=1.0, p=2,
    eps=1e-06, swap=False, size_average=None, reduce=None, reduction='mean'
nn.TripletMarginWithDistanceLoss [loss.triplet_margin] *, distance_function=None, margin=1.0, swap=False,
    reduction='mean'
F.triplet_margin_with_distance_loss [loss.triplet_margin = nn.TripletMarginWithDistanceLoss] anchor, positive,
    negative, *, distance_function=None, margin=1.0, swap=False, reduction='mean'
nn.LinearCrossEntropyLoss [loss.cross_entropy] in_features, num_classes, *, out_features=(), bias=False,
    device=None, dtype=None, reduction='mean', weight=None, ignore_index=None, label_smoothing=0.0, options=None
F.linear_cross_entropy [loss.cross_entropy = nn.LinearCrossEntropyLoss] input, linear_weight, target, *,
    linear_bias=None, weight=None, reduction='mean', ignore_index=None, label_smoothing=0.0, options=None
nn.AdaptiveLogSoftmaxWithLoss [loss.nll] in_features, n_classes, cutoffs, div_value=4.0, head_bias=False,
    device=None, dtype=None
nn.CosineSimilarity [distance] dim=1, eps=1e-08
F.cosine_similarity [distance = nn.CosineSimilarity] x1, x2, dim=1, eps=1e-08
nn.PairwiseDistance [distance] p=2.0, eps=1e-06, keepdim=False
F.pairwise_distance [distance = nn.PairwiseDistance] x1, x2, p=2.0, eps=1e-06, keepdim=False
F.pdist [distance] input, p=2.0
"""

#: Losses whose unreduced result has one value per element; the others give one per sample or per pair.
_ELEMENTWISE = ("bce", "bce_with_logits", "mse", "l1", "smooth_l1", "huber", "kl_div", "soft_margin", "poisson_nll")


def shape_loss(args: Mapping[str, object], _inputs: Sequence[Shape | None]) -> Shape:
    """A number, unless the reduction is `none`."""
    return shape_of() if _is_reduced(args) else UNKNOWN


def shape_elementwise_loss(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """A number, or the shape of input and target where the reduction is `none`."""
    return shape_of() if _is_reduced(args) else broadcast(inputs[:2]) or UNKNOWN


def _is_reduced(args: Mapping[str, object]) -> bool:
    legacy = args.get("size_average"), args.get("reduce")
    return legacy == (None, None) and args.get("reduction") in {"mean", "sum", "batchmean"}


SHAPES: dict[str, ShapeFunction] = {"loss": shape_loss, **dict.fromkeys(_ELEMENTWISE, shape_elementwise_loss)}
