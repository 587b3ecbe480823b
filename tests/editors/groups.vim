" The syntax group of every character of each sample: a line of JSON each, an array of lines of arrays of names.
let s:out = []
for s:sample in json_decode(join(readfile($QI_SAMPLES), "\n"))
  enew!
  call setline(1, split(s:sample.text, "\n", 1))
  setlocal filetype=qi
  syntax sync fromstart
  let s:lines = []
  for s:line in range(1, line('$'))
    let s:groups = []
    let s:column = 1
    while s:column <= len(getline(s:line))
      call add(s:groups, join(map(synstack(s:line, s:column), 'synIDattr(v:val, "name")')))
      let s:column += len(matchstr(getline(s:line), '.', s:column - 1))
    endwhile
    call add(s:lines, s:groups)
  endfor
  call add(s:out, json_encode(s:lines))
endfor
call writefile(s:out, $QI_OUT)
qa!
