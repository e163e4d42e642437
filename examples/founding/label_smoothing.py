import torch
import torch.nn as nn

# ... (Discriminator definition) ...
discriminator = nn.Sequential(nn.Linear(784, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1), nn.Sigmoid())
dataset = torch.utils.data.TensorDataset(torch.randn(1024, 784), torch.zeros(1024))
train_loader = torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True)
criterion = nn.BCELoss() # Without Label Smoothing

# ... (Training loop) ...
for real_images, _ in train_loader:
    # ...
    output = discriminator(real_images)
    loss_real = criterion(output, torch.ones_like(output)) # 1s for real images

    # ... (generator training loop) ...
