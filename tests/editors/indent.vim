" Indents the file anew and writes what comes of it.
edit $QI_SAMPLES
setlocal filetype=qi
silent normal! gg=G
execute 'write! ' . $QI_OUT
qa!
