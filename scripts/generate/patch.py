"""`ilab data generate` without the steps that are not used, and with our client of the endpoint.

After the pairs ilab asks the teacher for one multiple-choice question per chunk and seed example, up to 2048 tokens
each, as an exam that this project does not use; no option leaves them out. It is skipped, and so is the mixing of
the pairs into other formats. The pairs are made by the same code:
https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/generate_data.py

ilab takes the key only as --api-key, where every user of the machine can read it in the list of processes, and asks
this machine through a proxy of the environment; our client has the key from there and passes the proxy by:
https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/data/generate_data.py
"""

from scripts import endpoint

TARGET = "instructlab.sdg.generate_data"
SKIPPED = ("generate_taxonomy_eval", "postprocess_taxonomy", "mix_datasets")


def apply(module) -> None:
    """Replace the steps after the pairs, and the client; AttributeError if ilab no longer has them."""
    for name in SKIPPED:
        getattr(module, name)
        setattr(module, name, lambda *args, **kwargs: None)
    generate = module.generate_data
    module.generate_data = lambda client, **options: generate(endpoint.client(str(client.base_url)), **options)
