"""Settings, addresses and the web entry point. Wires everything together and is imported by nobody."""
