"""What concerns everything a person has, whichever concept it belongs to: join, erase, hand out."""
