import torch
import torch.nn as nn

# ... (Generator and Discriminator definitions omitted) ...
discriminator = nn.Sequential(nn.Linear(784, 64), nn.LeakyReLU(0.2), nn.BatchNorm1d(64), nn.Linear(64, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
dataset = torch.utils.data.TensorDataset(torch.randn(1024, 784))

batch_size = 16 # TOO SMALL
train_loader = torch.utils.data.DataLoader(dataset, batch_size=batch_size, shuffle=True)

# ... (Training loop) ...
for (real_images,) in train_loader:
    output = discriminator(real_images)
