"""Conference calls for papers, from the first submission to the published program."""
