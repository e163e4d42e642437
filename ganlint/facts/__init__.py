"""What an adversarial training program is: frozen plain data, without syntax nodes and without logic."""
