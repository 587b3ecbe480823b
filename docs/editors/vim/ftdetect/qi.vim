autocmd BufRead,BufNewFile *.qi setfiletype qi
autocmd BufRead * if getline(1) =~# '^#!.*\<qi\>' | setfiletype qi | endif
