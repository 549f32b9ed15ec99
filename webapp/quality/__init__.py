"""Service quality: the weighted table beside competitors, current and period control, checks of staff."""
