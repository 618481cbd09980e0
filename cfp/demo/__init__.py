"""An invented conference to try everything out with: built by the domain's own actions.

So its mails, log entries and states are real, and nothing here writes what a person could not have
made through the pages. Times are counted back from the moment of loading, hence its call is always
open and its decisions are always a week or two old.
"""
