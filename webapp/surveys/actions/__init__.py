"""What changes surveys and reviews."""
