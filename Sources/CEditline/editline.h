// What Swift needs of libedit. `el_set`, `el_get` and `history` are variadic, and Swift 6 refuses the globals `stdin`,
// `stdout` and `stderr`, so each call used has a small wrapper here.
#ifndef VITRINE_EDITLINE_H
#define VITRINE_EDITLINE_H

#include <histedit.h>
#include <locale.h>
#include <stdio.h>

typedef unsigned char (*vitrine_editline_function)(EditLine *, int);
typedef char *(*vitrine_editline_prompt)(EditLine *);

static inline EditLine *vitrine_editline_open(const char *program) {
  setlocale(LC_CTYPE, "C.UTF-8");
  return el_init(program, stdin, stdout, stderr);
}
/// Makes Ctrl-C a key while a line is edited, instead of a signal.
static inline void vitrine_editline_no_signals(EditLine *editor) {
  el_set(editor, EL_SIGNAL, 0);
  el_set(editor, EL_SETTY, "-d", "-isig", NULL);
}
static inline void vitrine_editline_emacs(EditLine *editor) { el_set(editor, EL_EDITOR, "emacs"); }
static inline void vitrine_editline_prompt_function(EditLine *editor, vitrine_editline_prompt prompt) {
  el_set(editor, EL_PROMPT, prompt);
}
static inline void vitrine_editline_add_function(
    EditLine *editor, const char *name, const char *help, vitrine_editline_function function) {
  el_set(editor, EL_ADDFN, name, help, function);
}
static inline void vitrine_editline_bind(EditLine *editor, const char *key, const char *function) {
  el_set(editor, EL_BIND, key, function, NULL);
}
static inline void vitrine_editline_use_history(EditLine *editor, History *past) {
  el_set(editor, EL_HIST, history, past);
}
static inline void vitrine_editline_set_client(EditLine *editor, void *client) {
  el_set(editor, EL_CLIENTDATA, client);
}
static inline void *vitrine_editline_client(EditLine *editor) {
  void *client = NULL;
  el_get(editor, EL_CLIENTDATA, &client);
  return client;
}
static inline void vitrine_editline_refresh(EditLine *editor) { el_set(editor, EL_REFRESH); }

static inline void vitrine_history_set_size(History *past, int size) {
  HistEvent event;
  history(past, &event, H_SETSIZE, size);
  history(past, &event, H_SETUNIQUE, 1);
}
static inline void vitrine_history_enter(History *past, const char *line) {
  HistEvent event;
  history(past, &event, H_ENTER, line);
}
static inline int vitrine_history_load(History *past, const char *path) {
  HistEvent event;
  return history(past, &event, H_LOAD, path);
}
static inline int vitrine_history_save(History *past, const char *path) {
  HistEvent event;
  return history(past, &event, H_SAVE, path);
}

#endif
