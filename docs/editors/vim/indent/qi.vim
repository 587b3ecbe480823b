" Qi: two columns more than the bracket for the body of a form, else below the first argument.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=QiIndent() indentkeys=!^F,o,O nolisp autoindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< lisp< autoindent<'

if exists('*QiIndent')
  finish
endif

let s:body = '^\%(and\|comment\|cond\|defer\|defn-\|defn\|def\|do\|export\|flow\|fn\|go/parallel-do\|go/run\|go/select\|go\|if-let\|if\|let\|loop\|mac\|match\|or\|try\|unless\|until-error\|until\|when-let\|when\|while-some\|while\)$'

function! s:IsText() abort
  return synIDattr(synID(line('.'), col('.'), 1), 'name') =~# '^qi\%(String\|Formatted\|Comment\|Escape\)'
endfunction

function! QiIndent() abort
  call cursor(v:lnum, 1)
  if synIDattr(synID(v:lnum, 1, 1), 'name') =~# '^qi\%(String\|Formatted\)' && v:lnum > 1 && s:EndsInText(v:lnum - 1)
    return indent(v:lnum)
  endif
  " The body of an arm on a line of its own.
  let above = prevnonblank(v:lnum - 1)
  if above > 0 && getline(above) =~# '\s->\s*$' && synIDattr(synID(above, len(matchstr(getline(above), '.*\S')), 1), 'name') ==# 'qiArrow'
    return indent(above) + 2
  endif
  let start = search('^(', 'bnW') " a bracket at the left margin opens no inner form
  let [line, column] = searchpairpos('[([{]', '', '[])}]', 'bnW', 's:IsText()', max([1, start - 40]))
  if line == 0
    return 0
  endif
  let text = getline(line)
  let rest = strpart(text, column)
  let opening = strdisplaywidth(strpart(text, 0, column - 1))
  if text[column - 1] !=# '('
    return opening + 1
  endif
  let head = matchstr(rest, '^[^][(){}"; \t]\+')
  let behind = matchend(rest, '^[^][(){}"; \t]\+\s\+\ze[^; \t]')
  if head ==# '' || head =~# s:body || head =~# '^with-\|^test/run$' || behind < 0
    return opening + (head ==# '' ? 1 : 2)
  endif
  return strdisplaywidth(strpart(text, 0, column + behind))
endfunction

" A string goes on behind the line's end.
function! s:EndsInText(line) abort
  let last = max([1, len(getline(a:line))])
  return synIDattr(synID(a:line, last, 1), 'name') =~# '^qi\%(String\|Formatted\)' && getline(a:line) !~# '"\s*$'
endfunction
