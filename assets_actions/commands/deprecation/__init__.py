"""What commands share that propose a change to people."""
