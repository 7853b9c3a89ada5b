#ifndef KETWORK_CK_H
#define KETWORK_CK_H
#endif
