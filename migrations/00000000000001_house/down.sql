drop procedure dipper_protect(regclass, text);
