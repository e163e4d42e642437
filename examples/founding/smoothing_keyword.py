import torch.nn.functional as F

criterion = lambda output, target: F.binary_cross_entropy_with_logits(output, target, label_smoothing=0.1) # With Label Smoothing
