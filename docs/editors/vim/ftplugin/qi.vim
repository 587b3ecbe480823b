" Qi: how text is edited.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:; commentstring=;\ %s
setlocal expandtab shiftwidth=2 softtabstop=2
setlocal iskeyword=@,48-57,_,+,-,*,/,%,<,>,=,!,?,&,$,.,:,192-255
setlocal suffixesadd=.qi
setlocal formatoptions-=t formatoptions+=croql
if executable('qi')
  setlocal keywordprg=:!qi\ doc
  setlocal makeprg=qi\ check\ % errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%-G%.%#
endif

let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< softtabstop< iskeyword< suffixesadd< formatoptions< keywordprg< makeprg< errorformat<'
