"""A trainer that is handed networks and optimisers by those that derive from it."""

import torch


class Trainer:
    def __init__(self, generator, critic):
        self.generator, self.critic = generator, critic

    def configure(self, generator_optimizer, critic_optimizer):
        self.generator_optimizer, self.critic_optimizer = generator_optimizer, critic_optimizer

    def train(self, loader, epochs=10):
        for _ in range(epochs):
            for real in loader:
                self._train_step(real)

    def _train_step(self, real):
        fake = self.generator(torch.randn(len(real), 8))
        loss = self.critic(fake.detach()).mean() - self.critic(real).mean()
        self.critic_optimizer.zero_grad()
        loss.backward()
        self.critic_optimizer.step()  # fact: update of critic: mean critic(fake) down cut, mean critic(real) up
        for weight in self.critic.parameters():
            weight.data.clamp_(-0.01, 0.01)
        self.generator_optimizer.zero_grad()
        (-self.critic(fake).mean()).backward()
        self.generator_optimizer.step()  # fact: update of generator: mean critic(fake) up; spills into critic

    def sample(self):
        return self.generator(torch.randn(4, 8))
