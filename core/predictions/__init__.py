"""Predictions by workers, for networks that the service cannot run by itself."""
