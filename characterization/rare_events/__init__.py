"""Methods for events too rare for a plain ensemble: the Fokker-Planck equation, and splitting of trajectories."""
