"""The model in use as a folder for others: Hugging Face, Ollama, llama.cpp."""
