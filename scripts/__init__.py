"""The code of the pipeline: a folder a stage, in the order setup, crawl, generate, train, retrieve, serve, measure.

What several stages share is a module of its own here: program (how a script ends), configuration (YAML and the ilab
config), files (reading, replacing and locking files), arguments and hashes (what a stage was made with), record (what a
model was made of) and ilab (running it).
"""
